"""How often our pages answer a question rightly, each hand's wordings left out in turn.

Prints, of each hand of data/knowledge/asked: how many questions find their section first, and from each
confidence on how many are answered rightly, wrongly and not at all, and how many are answered that no page
answers. At the end, the logistic regression that all hands' questions fit, for `_match` in
exemplar/knowledge/search.py.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from sklearn.linear_model import LogisticRegression

from exemplar.emotion.encoder import shared_encoder
from exemplar.knowledge.asked import ASKED, load_hand, together, with_wordings
from exemplar.knowledge.encoding import QuestionEncoder
from exemplar.knowledge.pages import load_pages
from exemplar.knowledge.search import FOLDER, SYNONYMS, Index, Match, load_synonyms
from exemplar.nlu.exchange_reader import exchange_encoder
from exemplar.shop.policy import shared_policy

#: Of each question so many sections are told to the regression: those that might be taken for the right one.
_CANDIDATES = 8
_LEVELS = (0.3, 0.4, 0.5, 0.65, 0.75, 0.85)


def features(match: Match) -> list[float]:
    """Returns what a confidence is made of."""
    found = asdict(match)
    return [found[name] for name in ("words", "meaning", "topic", "learned", "ahead", "nothing")]


def main() -> None:
    """Evaluates hand by hand."""
    pages = load_pages(FOLDER, asdict(shared_policy()))
    synonyms, encoder = (
        load_synonyms(FOLDER / SYNONYMS),
        QuestionEncoder((shared_encoder(), exchange_encoder())),
    )
    files = sorted((FOLDER / ASKED).glob("hand-*.yml"))
    hands = {file.stem: load_hand(file) for file in files}
    rows: list[list[float]] = []
    right: list[bool] = []
    for left_out, own in hands.items():
        others = [hand for name, hand in hands.items() if name != left_out]
        wordings = together([*others, load_hand(FOLDER / ASKED / "of-no-page.yml")])
        sections = with_wordings(pages, wordings)
        index = Index(sections, synonyms, encoder, wordings.nothing)
        numbers = {(one.file, one.heading): n for n, one in enumerate(sections)}
        asked = [(text, numbers[name]) for name, texts in own.asked.items() for text in texts]
        found = []
        for text, number in [*asked, *((text, None) for text in own.nothing)]:
            matches = index.rank(text)
            best = max(matches, key=lambda one: one.confidence, default=None)
            found.append((best, number))
            likely = sorted(matches, key=lambda one: -one.learned)[:_CANDIDATES]
            likely += sorted(matches, key=lambda one: -one.meaning)[: _CANDIDATES // 2]
            for match in {one.section: one for one in likely}.values():
                rows.append(features(match))
                right.append(match.section == number)
        _report(left_out, found)
    fitted = LogisticRegression(C=10, max_iter=1000).fit(np.array(rows), np.array(right))
    print("\nfitted on all:", np.round(fitted.intercept_, 1), np.round(fitted.coef_[0], 1))


def _report(hand: str, found: list[tuple[Match | None, int | None]]) -> None:
    asked = [(best, number) for best, number in found if number is not None]
    none = [best for best, number in found if number is None]
    first = np.mean([best is not None and best.section == number for best, number in asked])
    print(f"\n{hand} left out: {len(asked)} questions, {first:.3f} find their section first")
    print("  from  right  wrong  none   of no page, answered")
    for level in _LEVELS:
        sure = [(best, number) for best, number in asked if best and best.confidence >= level]
        hits = sum(best.section == number for best, number in sure) / len(asked)
        said = len(sure) / len(asked)
        answered = np.mean([best is not None and best.confidence >= level for best in none])
        print(f"  {level:.2f}  {hits:.3f}  {said - hits:.3f}  {1 - said:.3f}  {answered:.3f}")


if __name__ == "__main__":
    main()
