"""The company's own system: customers, orders, shipments, refunds, complaints."""
