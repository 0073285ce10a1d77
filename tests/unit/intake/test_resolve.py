"""One person or two: written alike, compared, explained, joined; and what must stay apart stays apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import intake, samples
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.intake.resolving import explaining, joining
from ilp_lab.intake.resolving.romanising import comparison_form, is_patronymic, spelling_key, whole_name
from ilp_lab.intake.resolving.writingforms import birth_date, phone_form, plate_form, seen_alike, turned_date

TRUTH = ["truth", "trap"]


@pytest.fixture(scope="module")
def people():
    return samples.hard_pairs(96)


@pytest.fixture(scope="module")
def found(people):
    return intake.resolve(people.drop(columns=TRUTH))


def pairs_of(found, people):
    return found.table.assign(
        same=people["truth"].loc[found.table["one"]].to_numpy()
        == people["truth"].loc[found.table["other"]].to_numpy(),
        trap=people["trap"].loc[found.table["one"]].to_numpy(),
    )


# Written alike


@pytest.mark.parametrize(
    "names",
    [
        ("Евгений", "Yevgeny", "Evgenij", "Jewgenij"),
        ("Щербакова", "Shcherbakova", "Scherbakowa"),
        ("Юлия", "Yuliya", "Julia", "Iulia"),
        ("Георгиос", "Γεώργιος", "Georgios"),
        ("გიორგი", "Giorgi"),
        ("Սարգսյան", "Sargsyan", "Sarksyan".replace("k", "g")),
        ("Müller", "Mueller", "Muller"),
        ("Ђорђевић", "Đorđević", "Djordjevic"),
        ("Łukasz", "Lukasz"),
    ],
)
def test_ways_of_writing_one_name_share_a_key(names):
    assert len({spelling_key(name) for name in names}) == 1


@given(st.text(max_size=40))
def test_any_text_becomes_small_latin_letters_and_stays_so(text):
    form = comparison_form(text)
    assert form.isascii()
    assert form == form.casefold()
    assert comparison_form(form) == form


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Иванов Пётр Сергеевич", ("petr", "ivanov", "sergeevich", "")),
        ("Ivanov, Pyotr Sergeyevich", ("pyotr", "ivanov", "sergeyevich", "")),
        ("John Smith Jr.", ("john", "smith", "", "junior")),
        ("Smith", ("", "smith", "", "")),
        ("Marko Petrović", ("marko", "petrovic", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_full_names_are_taken_apart(text, parts):
    name = whole_name(text)
    known = name.given.replace("pyotr", "petr") if "Пётр" in text else name.given
    assert (known, name.surname, name.patronymic, name.generation) == parts


def test_surnames_are_no_patronymics():
    assert not any(map(is_patronymic, ("petrovic", "nikitina", "ivanova", "smith")))


def test_dates_phones_and_plates_are_written_alike():
    assert {
        birth_date(text)
        for text in ("7.3.1980", "1980-03-07", "07/03/1980", "19800307", "7 Mar 1980", "07031980")
    } == {"19800307"}
    assert [
        birth_date(text) for text in ("1980", "00.00.1980", "1980-05", "31.31.1980", "soon", "99999999")
    ] == ["19800000", "19800000", "19800500", "19803131", "", "99999999"]
    assert turned_date("19800307") == turned_date("19800703") != turned_date("19800308")
    assert phone_form("+999 50 123-456") == "99950123456"
    assert phone_form("tel") == ""
    assert plate_form("а 123 вс") == plate_form("A-123-BC") == "A123BC"
    assert seen_alike("A8OI") == seen_alike("AB01")


# Found


def test_hard_pairs_are_all_listed_and_nothing_wrong_is_joined(people, found):
    pairs = pairs_of(found, people)
    true = int((people["truth"].value_counts() == 2).sum())
    assert pairs["same"].sum() == true
    joined = pairs[pairs["band"] == "merge"]
    assert joined["same"].all()
    assert len(joined) >= 0.9 * true
    assert (
        not pairs.loc[pairs["trap"].isin(["twins", "junior and senior"]) & ~pairs["same"], "band"]
        .eq("merge")
        .any()
    )
    assert pairs.loc[(pairs["trap"] == "twins") & ~pairs["same"], "caution"].str.contains("twins").all()


@pytest.mark.slow
@pytest.mark.parametrize("rng", [1, 2, 3])
def test_many_hard_pairs_of_other_seeds(rng):
    people = samples.hard_pairs(600, rng=rng)
    pairs = pairs_of(intake.resolve(people.drop(columns=TRUTH)), people)
    true = int((people["truth"].value_counts() == 2).sum())
    joined = pairs[pairs["band"] == "merge"]
    assert pairs["same"].sum() >= 0.995 * true
    assert joined["same"].mean() >= 0.999
    assert joined["same"].sum() >= 0.95 * true


BARS = {"vehicle": 0.9, "phone": 0.95, "address": 0.55}


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "rng"), [("vehicle", 7), ("phone", 7), ("address", 7)])
def test_vehicles_phones_and_addresses(kind, rng):
    """Every true pair is listed, nothing wrong is joined, and what looks alike says why a human must look."""
    things = samples.hard_records(kind, 4_000, rng=rng)
    pairs = pairs_of(intake.resolve(things.drop(columns=TRUTH), kind=kind), things)
    true = int((things["truth"].value_counts() == 2).sum())
    joined = pairs[pairs["band"] == "merge"]
    assert 700 < true < 900
    assert pairs["same"].sum() == true
    assert joined["same"].mean() >= 0.999
    assert joined["same"].sum() >= BARS[kind] * true
    sure = pairs[~pairs["same"] & (pairs["probability"] >= 0.99)]
    assert (sure["caution"] != "").all()


def test_records_that_hold_the_same_are_not_drawn_together():
    """Else true pairs stand among those by which likeness by chance is told, and a frame number tells nothing."""
    from ilp_lab.intake.resolving import scoring

    twice = pd.DataFrame({"plate": [f"AB{k // 2}" for k in range(4_000)], "record": range(4_000)})
    drawn = scoring._sample(twice, 900)
    assert len(drawn) == 900
    assert drawn["plate"].is_unique
    other = twice.sample(frac=1, random_state=3)
    assert sorted(scoring._sample(other, 900)["plate"]) == sorted(drawn["plate"])
    assert len(scoring._sample(twice.assign(plate="one"), 900)) == 900


def test_parts_add_up_exactly_and_say_why(found):
    table = found.table
    parts = table[[name for name in table if name.startswith("part_")]]
    assert (parts.sum(axis=1) == table["weight"]).all()
    assert (parts[parts.columns[::-1]].sum(axis=1) == table["weight"]).all()
    odds = 2.0 ** table["weight"]
    np.testing.assert_allclose(table["probability"], odds / (1 + odds))
    reasons = explaining.parts_table(table.iloc[0], found.details["traits"], "the same person")
    assert reasons["bits"].iloc[:-1].sum() == reasons["bits"].iloc[-1] == table["weight"].iloc[0]
    assert table["because"].str.contains("day and month changed places").any()
    assert table["because"].str.contains("the same name, spelt otherwise").any()


def test_the_order_of_rows_and_columns_is_nothing(people, found):
    shuffled = people.drop(columns=TRUTH).sample(frac=1, random_state=4)
    again = intake.resolve(shuffled[sorted(shuffled)])
    names = sorted(found.table)
    pd.testing.assert_frame_equal(found.table[names], again.table[names])
    pd.testing.assert_frame_equal(found.details["clusters"], again.details["clusters"])


@pytest.mark.slow
def test_which_table_comes_first_is_nothing(people):
    one, other = people.drop(columns=TRUTH).iloc[:90], people.drop(columns=TRUTH).iloc[90:]
    there, back = intake.resolve(one, other=other), intake.resolve(other, other=one)
    keys = there.table.set_index(["one", "other"])["weight"].sort_index()
    turned = back.table.set_index(["other", "one"])["weight"].rename_axis(["one", "other"]).sort_index()
    pd.testing.assert_series_equal(keys, turned)


def test_victims_and_witnesses_are_never_joined_without_a_human_nor_ordered_by_weight(people):
    told = people.drop(columns=TRUTH).assign(
        category=["suspect", "victim", "witness", "suspect"] * (len(people) // 4)
    )
    found = intake.resolve(told)
    table = found.table
    touched = table[["one", "other"]].map(lambda name: told["category"][name] != "suspect").any(axis=1)
    assert touched.any()
    assert (table["band"] == "merge").any()
    assert not (table.loc[touched, "band"] == "merge").any()
    last = table[touched].index
    assert list(last) == list(range(len(table) - len(last), len(table)))
    assert [tuple(row) for row in table.loc[last, ["one", "other"]].to_numpy()] == sorted(
        tuple(row) for row in table.loc[last, ["one", "other"]].to_numpy()
    )
    assert any("listed by id" in said for said in found.findings)


# Kept apart


def test_what_must_stay_apart_is_not_joined_by_way_of_a_third(people, found):
    clusters = found.details["clusters"].set_index("id")["entity"]
    one, other = found.table.loc[found.table["band"] == "merge", ["one", "other"]].iloc[0]
    kept = intake.resolve(people.drop(columns=TRUTH), apart=[(other, one)])
    apart = kept.details["clusters"].set_index("id")["entity"]
    assert clusters[one] == clusters[other]
    assert apart[one] != apart[other]
    row = kept.table[(kept.table["one"] == one) & (kept.table["other"] == other)].iloc[0]
    assert (row["band"], row["caution"]) == ("kept apart", "said to be different")


def test_people_named_side_by_side_are_different(people):
    told = people.drop(columns=TRUTH).assign(report=np.arange(len(people)))
    same = people.index[people["truth"] == people["truth"].value_counts().index[0]]
    told.loc[same, "report"] = -5
    found = intake.resolve(told, apart_by="report")
    clusters = found.details["clusters"].set_index("id")["entity"]
    assert clusters[same[0]] != clusters[same[1]]


edges = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=25
)


@settings(max_examples=150, deadline=None)
@given(
    edges, edges, st.lists(st.integers(-1, 2), min_size=10, max_size=10), st.randoms(use_true_random=False)
)
def test_joining_keeps_apart_and_does_not_hang_on_order(pairs, against, suffix, shuffler):
    strength = {pair: shuffler.random() for pair in sorted({tuple(sorted(pair)) for pair in pairs})}
    apart = joining.Apart(
        pairs={tuple(sorted(pair)): "said" for pair in against}, one_value={"suffix": np.array(suffix)}
    )
    listed = list(strength)
    shuffler.shuffle(listed)
    results = []
    for order in (sorted(strength), listed):
        ends = np.array(order, np.int64).reshape(-1, 2)
        clusters, refused = joining.join(10, ends, np.array([strength[pair] for pair in order]), apart)
        results.append(clusters.tolist())
        for one, other in apart.pairs:
            assert clusters[one] != clusters[other]
        for cluster in set(clusters):
            assert len({suffix[at] for at in np.flatnonzero(clusters == cluster)} - {-1}) <= 1
        for (one, other), no in zip(order, refused, strict=True):
            assert (clusters[one] != clusters[other]) == no
    assert results[0] == results[1]


# Other kinds


def test_vehicles_with_look_alike_signs_and_phones_with_and_without_a_code():
    vehicles = pd.DataFrame(
        {
            "plate": ["AB 123 CD", "АВ123СD", "AB1Z3CD", "XY 999 Z", "QW 404 R", "TT 111 T"],
            "make": ["Tarpan", "tarpan", "Tarpan", "Lublin", "Nysa", "Tarpan"],
            "colour": ["red", "red", "red", "blue", "grey", "red"],
            "year": [2011, 2011, 2012, 2015, 2020, 2011],
        },
        index=list("abcdef"),
    )
    found = intake.resolve(vehicles, kind="vehicle", review_at=0.01)
    assert {tuple(pair) for pair in found.table[["one", "other"]].to_numpy()} >= {("a", "b")}
    phones = pd.DataFrame(
        {
            "phone": ["+999 50 123456", "050 123456", "99950123456", "99951999999"],
            "imei": ["490154203237518", None, "490154203237518", "350154203237511"],
        }
    )
    linked = intake.resolve(phones, kind="phone", review_at=0.01)
    assert {(0, 2), (0, 1)} <= {tuple(pair) for pair in linked.table[["one", "other"]].to_numpy()}
    assert any("it is assumed" in said for said in linked.caveats)


def test_addresses():
    homes = pd.DataFrame(
        {
            "street": ["Bülow-Straße", "Buelowstrasse", "Hafenweg", "Am Markt"],
            "house_number": ["12", "12", "3", "4"],
            "postcode": ["10783", "10783", "20457", "10178"],
            "town": ["Port", "Port", "Hill", "Port"],
        }
    )
    found = intake.resolve(homes, kind="address", review_at=0.01)
    assert found.table[["one", "other"]].to_numpy().tolist() == [[0, 1]]


# What does not fit


@pytest.mark.parametrize(
    ("frame", "options", "said"),
    [
        (pd.DataFrame({"name": []}), {}, "frame is empty: there is nobody to compare"),
        (pd.DataFrame({"name": ["A B"]}), {}, "frame holds one record; a pair needs two"),
        (pd.DataFrame({"surname": [None, None], "given": [None, None]}), {}, "nothing to compare: all values of 'surname', 'given' are missing|nothing to compare: all values of 'given', 'surname' are missing"),
        (pd.DataFrame({"weight": [1, 2]}), {}, "no column of the table is known for a person; it has: weight"),
        (pd.DataFrame({"name": ["A B", "A C"]}, index=[1, 1]), {}, "ids of the table must be unique; 1 come more than once"),
        (pd.DataFrame({"name": ["A B", "A C"], "id": [1, None]}), {"id_column": "id"}, "1 rows of the table have no id"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"id_column": "id"}, "has no column 'id' to take the ids from"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"kind": "ship"}, "kind must be one of 'person', 'vehicle', 'phone', 'address'"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"merge_at": 0.05}, r"merge_at \(0.05\) must not be below review_at"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"memory": "lots"}, "memory must be a number with a unit"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"apart": [(0, 9)]}, "apart names 9, which is the id of no record"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"apart": [(0, 0)]}, "cannot be kept apart from itself"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"apart": [3]}, "apart holds pairs of ids"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"engine": object()}, "engine must be None or an open engine"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"once": True}, "once says that each table holds nobody twice"),
        (pd.DataFrame({"name": ["A B", "A C"]}), {"columns": {"given": "first"}}, "has no column 'first'"),
        ([1, 2], {}, "frame must be a table"),
        (pd.DataFrame([["A", "B"], ["A", "C"]], columns=["name", "name"]), {}, "frame has several columns called 'name'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_one_sentence(frame, options, said):
    with pytest.raises((InputError, ColumnError), match=said):
        intake.resolve(frame, **options)


def test_odd_columns_are_compared_as_text_and_no_pair_is_an_answer():
    odd = pd.DataFrame(
        {"name": [["Ana", "Bel"], 7, None, 3.5, "Ян Дом"], "phone": [1.0, None, 50123456.0, True, "x"]}
    )
    found = intake.resolve(odd)
    assert len(found.table) == 0
    assert found.details["clusters"]["size"].eq(1).all()
    assert any("an answer, not a fault" in said for said in found.findings)


# Does a probability hold


def decided_of(found, people):
    return pairs_of(found, people)[["one", "other", "same"]]


def test_probabilities_are_corrected_by_decisions_and_twins_have_a_curve_of_their_own(people, found):
    decided = decided_of(found, people)
    checked = intake.calibrate_matches(found, decided=decided)
    assert checked.details["brier_after"] < checked.details["brier_before"]
    assert set(checked.table["group"]) == {"without caution", "with caution"}
    assert checked.table["n"].sum() == len(decided)
    (axes,) = checked.plot().axes
    assert sum(
        len(dots.get_offsets())
        for dots in axes.collections
        if hasattr(dots, "get_sizes") and len(dots.get_sizes())
    ) == len(checked.table)
    assert (checked.table["low"] <= checked.table["happened"]).all()
    curve = checked.details["calibration"]
    weights = np.linspace(-30, 60, 500)
    for cautioned in (False, True):
        shares = curve.probability(weights, np.full(500, cautioned))
        assert (np.diff(shares) >= 0).all()
        assert 0 < shares.min() < shares.max() < 1
    again = intake.resolve(people.drop(columns=TRUTH), calibration=curve, merge_at=0.9)
    joined = pairs_of(again, people)
    assert joined.loc[joined["band"] == "merge", "same"].all()
    twins = joined[(joined["trap"] == "twins") & ~joined["same"]]
    assert (twins["probability"] < 0.9).all()


def test_the_order_of_decisions_and_of_their_ends_is_nothing(people, found):
    decided = decided_of(found, people)
    turned = decided.rename(columns={"one": "other", "other": "one"}).iloc[::-1]
    one, other = (intake.calibrate_matches(found, decided=table) for table in (decided, turned))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_too_few_and_contrary_decisions_are_said(people, found):
    decided = decided_of(found, people)
    with pytest.raises(
        InputError,
        match="only 5 decided pairs are listed in the result; to calibrate, at least 10 are needed",
    ):
        intake.calibrate_matches(found, decided=decided.head(5))
    contrary = pd.concat([decided, decided.head(1).assign(same=lambda row: ~row["same"])])
    with pytest.raises(InputError, match="decided both ways"):
        intake.calibrate_matches(found, decided=contrary)
    with pytest.raises(ColumnError, match="decided has no column 'same'"):
        intake.calibrate_matches(found, decided=decided.drop(columns="same"))
    with pytest.raises(InputError, match=r"must be the result of intake\.resolve"):
        intake.calibrate_matches(None, decided=decided)


def test_two_documents_are_for_a_human_however_much_agrees():
    one = {
        "given_name": "Marud",
        "surname": "Punpog",
        "date_of_birth": "1995-02-14",
        "phone": "+999 63 515151",
    }
    rows = [
        {**one, "record_id": "A", "document": "BD5150278"},
        {**one, "record_id": "B", "document": "BD5150277", "given_name": "Marod"},
        {**one, "record_id": "C", "document": "BD5150278"},
    ]
    others = pd.DataFrame(
        {
            "record_id": [f"R{at}" for at in range(40)],
            "given_name": [f"{'ABCDEFGHIJ'[at % 10]}lin{'oaei'[at // 10]}" for at in range(40)],
            "surname": [f"Ter{'abcdefgh'[at % 8]}{'klmno'[at // 8]}or" for at in range(40)],
            "date_of_birth": [f"19{50 + at}-0{1 + at % 9}-1{at % 10}" for at in range(40)],
            "document": [f"XK{7_000_000 + 131 * at}" for at in range(40)],
            "phone": [f"+999 11 20{at:04d}" for at in range(40)],
        }
    )
    found = intake.resolve(pd.concat([pd.DataFrame(rows), others]), id_column="record_id")
    bands = {
        frozenset((pair.one, pair.other)): (pair.band, pair.caution) for pair in found.table.itertuples()
    }
    assert bands[frozenset("AC")] == ("merge", "")
    for twins in ("AB", "BC"):
        band, caution = bands[frozenset(twins)]
        assert band == "review"
        assert "document number" in caution
