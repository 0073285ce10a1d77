"""Which unknown to learn first: the one that would settle most about the ranks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import generator
from ilp_lab._tongue import in_a_row, lowered, of_pack, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source
from ilp_lab.threats.ranking import check_matrix
from ilp_lab.threats.scoring import Draws, draw

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.threats.matrices import ThreatMatrix
    from ilp_lab.threats.rubrics import Indicator

_METHOD = tr_later(
    "Weights and unknown levels were drawn {draws} times as for the ranks. How unsure the ranks are is their entropy in "
    "bits, added up over the items. For each unknown cell the draws were parted by the level that it took; what the "
    "entropy falls by on average, once that level is known, is what the cell is worth (mutual information, corrected for "
    "the number of draws after Miller and Madow). Levels were taken as equally probable."
)
_REFERENCES = (
    "Howard 1966, Information value theory, doi:10.1109/TSSC.1966.300074",
    "Miller 1955, Note on the bias of information estimates, in Information Theory in Psychology, Free Press",
    "Lahdelma, Hokkanen and Salminen 1998, SMAA, doi:10.1016/S0377-2217(97)00163-X",
)


def learn_next(
    matrix: ThreatMatrix,
    *,
    weights: str = "order",
    draws: int = 20_000,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Order what is unknown by how much knowing it would settle about the ranks; each is an intelligence requirement.

    Parameters
    ----------
    matrix, weights, draws, rng
        As in :func:`rank`.

    Returns
    -------
    Result
        ``table``: one row per unknown cell, most worth knowing first: ``item``, ``indicator``, ``name``, ``bits`` (by which the
        entropy of the ranks falls on average), ``share`` of all entropy, ``p_first_changes`` (that another item comes first than
        is most probable now), and ``question``. ``details``: ``entropy`` (bits now).

    Raises
    ------
    InputError
        When nothing is unknown, or everything.

    Notes
    -----
    What is worth knowing for the rank may be dangerous, unlawful or dear to learn: the collection plan decides that, not this.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab import threats
    >>> names = [one.id for one in threats.rubric("socta-groups").indicators]
    >>> wide = pd.DataFrame([["medium"] * 10, ["medium"] * 9 + ["unknown"]], index=["North", "South"], columns=names)
    >>> scored = threats.matrix(wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False)
    >>> learn_next(scored, rng=1).table[["item", "indicator"]].values.tolist()
    [['South', 'laundering']]
    """
    caller = "threats.learn_next"
    check_matrix(caller, matrix, draws=draws, sure=0.8, weights=weights, doubt=None)
    unknown = matrix.unknown()
    if not unknown.any():
        raise InputError(f"{caller}: no cell is unknown, so there is nothing to learn for these ranks.")
    generate, seed = generator(rng, caller)
    drawn = draw(matrix, weights=weights, draws=draws, doubt=(0.0, 0.0, 0.0), rng=generate)
    table, entropy = _worth(matrix, drawn, unknown)
    return Result(
        name=caller,
        title=tr("What to learn next about {about}").format(about=of_pack(matrix.rubric.about)),
        table=table,
        method=_METHOD.format(draws=f"{draws:,}"),
        findings=_findings(table, entropy),
        params=(Param("weights", weights), Param("draws", draws), Param("rubric", matrix.rubric.label)),
        caveats=(
            tr("Each cell is taken alone; two together can be worth more or less than their sum."),
            tr("Levels of an unknown cell were taken as equally probable."),
        ),
        references=_REFERENCES,
        sources=(Source("scores", len(matrix.cells), matrix.fingerprint, matrix.origin),),
        handling=matrix.handling,
        seed=seed,
        details={"entropy": entropy},
    )


def _worth(matrix: ThreatMatrix, drawn: Draws, unknown: NDArray[np.bool_]) -> tuple[pd.DataFrame, float]:
    import pandas as pd

    ranks = drawn.ranks - 1
    items, levels = len(matrix.items), len(matrix.rubric.levels)
    flat = ranks + np.arange(items) * items
    whole = np.bincount(flat.ravel(), minlength=items * items).reshape(items, items)
    entropy = _entropy(whole)
    now_first = int(whole[:, 0].argmax())
    rows = []
    for number, (i, k) in enumerate(drawn.cells):
        if not unknown[i, k]:
            continue
        code = drawn.codes[:, number].astype(np.int64)
        joint = np.bincount((flat + code[:, None] * items * items).ravel(), minlength=levels * items * items)
        joint = joint.reshape(levels, items, items)
        bits, changes = _information(whole, joint, now_first)
        one = matrix.rubric.indicators[k]
        rows.append(
            {
                "item": matrix.items[i], "indicator": one.id, "name": one.name, "bits": bits,
                "share": bits / entropy.sum() if entropy.sum() > 0 else 0.0, "p_first_changes": changes,
                "question": _question(one, matrix.items[i], matrix.rubric.levels),
            }
        )  # fmt: skip
    asked = pd.Series([row["question"] for row in rows], dtype=object)  # sentences, which are said again
    table = (
        pd.DataFrame(rows)
        .assign(question=asked)
        .sort_values("bits", ascending=False, kind="stable", ignore_index=True)
    )
    return table, float(entropy.sum())


def _question(one: Indicator, item: str, levels: Iterable[str]) -> str:
    return tr("{one_name} of {items}: {definition}? (levels: {names})").format(
        one_name=of_pack(one.name), items=item, names=in_a_row(*map(of_pack, levels), by=", "),
        definition=lowered(of_pack(one.definition)) if one.definition else tr("which level"),
    )  # fmt: skip


def _entropy(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Bits, along the last axis."""
    total = counts.sum(axis=-1, keepdims=True)
    share = counts / np.maximum(total, 1)
    return np.asarray(-(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=-1))


def _information(whole: NDArray[np.int64], joint: NDArray[Any], now_first: int) -> tuple[float, float]:
    """Mutual information of a cell's level and the ranks in bits, and how often knowing it names another first."""
    draws = whole[0].sum()
    of_level = joint[:, 0].sum(axis=-1)
    chance = of_level / draws
    conditional = (chance[:, None] * _entropy(joint)).sum(axis=0)
    seen = (joint > 0).sum(axis=(0, 2)) - (whole > 0).sum(axis=1) - (of_level > 0).sum() + 1
    bits = _entropy(whole) - conditional - np.maximum(seen, 0) / (2 * draws * np.log(2))
    firsts = joint[:, :, 0].argmax(axis=1)
    return float(np.maximum(bits, 0).sum()), float(chance[firsts != now_first].sum())


def _findings(table: pd.DataFrame, entropy: float) -> tuple[str, ...]:
    top = table.iloc[0]
    said = [
        tr(
            "{n:,} cells are unknown. Most would be settled by learning {name} of {item}: it takes {share:.0%} of the "
            "uncertainty about the ranks away."
        ).format(n=len(table), name=lowered(of_pack(str(top["name"]))), item=top["item"], share=top["share"]),
    ]
    if top["p_first_changes"] > 0:
        said.append(
            tr("With a chance of {p_first_changes:.0%} it would put another item first.").format(
                p_first_changes=top["p_first_changes"]
            )
        )
    else:
        said.append(tr("No level of it would put another item first."))
    least = int((table["share"] < 0.005).sum())
    if least:
        said.append(
            tr(
                "{least:,} of the unknown cells would hardly change anything; do not spend effort on them for this rank."
            ).format(least=least)
        )
    said.append(
        tr(
            "Now the ranks hold {entropy:.1f} bits of uncertainty; part of it is the weights, which no collection settles."
        ).format(entropy=entropy)
    )
    said.append(
        tr(
            "Check next whether the question can be answered lawfully and in proportion, and by whom, before it becomes a "
            "requirement."
        )
    )
    return tuple(said)
