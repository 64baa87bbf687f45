-- The tables of the first release (0.1.0), as its own code made them in PostgreSQL. It stays as it is.

CREATE TABLE complaints (
  id SERIAL NOT NULL,
  conversation VARCHAR(255) NOT NULL,
  order_number VARCHAR(20),
  text TEXT NOT NULL,
  received TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  answer_by DATE NOT NULL,
  answered TIMESTAMP WITHOUT TIME ZONE,
  PRIMARY KEY (id),
  UNIQUE (conversation)
);

CREATE TABLE customers (
  id SERIAL NOT NULL,
  name VARCHAR(200) NOT NULL,
  email VARCHAR(320) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (email)
);

CREATE TABLE handovers (
  id SERIAL NOT NULL,
  conversation VARCHAR(255) NOT NULL,
  channel VARCHAR(100) NOT NULL,
  state VARCHAR(20) NOT NULL,
  brief TEXT NOT NULL,
  requested TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  closed TIMESTAMP WITHOUT TIME ZONE,
  PRIMARY KEY (id)
);

CREATE INDEX ix_handovers_conversation ON handovers (conversation);

CREATE INDEX ix_handovers_state ON handovers (state);

CREATE UNIQUE INDEX one_open_handover ON handovers (conversation) WHERE state != 'closed';

CREATE TABLE handover_messages (
  id SERIAL NOT NULL,
  handover_id INTEGER NOT NULL,
  message_id VARCHAR(255) NOT NULL,
  text TEXT NOT NULL,
  sent TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (handover_id, message_id),
  FOREIGN KEY(handover_id) REFERENCES handovers (id)
);

CREATE INDEX ix_handover_messages_handover_id ON handover_messages (handover_id);

CREATE TABLE orders (
  number VARCHAR(20) NOT NULL,
  customer_id INTEGER NOT NULL,
  total NUMERIC(10, 2) NOT NULL,
  placed_on DATE NOT NULL,
  cancelled_on DATE,
  PRIMARY KEY (number),
  FOREIGN KEY(customer_id) REFERENCES customers (id)
);

CREATE INDEX ix_orders_customer_id ON orders (customer_id);

CREATE TABLE order_items (
  order_number VARCHAR(20) NOT NULL,
  position INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  PRIMARY KEY (order_number, position),
  FOREIGN KEY(order_number) REFERENCES orders (number)
);

CREATE TABLE order_notes (
  id SERIAL NOT NULL,
  order_number VARCHAR(20) NOT NULL,
  written TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(order_number) REFERENCES orders (number)
);

CREATE INDEX ix_order_notes_order_number ON order_notes (order_number);

CREATE TABLE refunds (
  order_number VARCHAR(20) NOT NULL,
  amount NUMERIC(10, 2) NOT NULL,
  requested_on DATE NOT NULL,
  due_on DATE NOT NULL,
  paid_on DATE,
  PRIMARY KEY (order_number),
  FOREIGN KEY(order_number) REFERENCES orders (number)
);

CREATE TABLE shipments (
  order_number VARCHAR(20) NOT NULL,
  carrier VARCHAR(100) NOT NULL,
  tracking_number VARCHAR(100) NOT NULL,
  promised_on DATE NOT NULL,
  expected_on DATE NOT NULL,
  last_seen VARCHAR(200) NOT NULL,
  shipped_on DATE,
  delivered_on DATE,
  PRIMARY KEY (order_number),
  FOREIGN KEY(order_number) REFERENCES orders (number)
);
