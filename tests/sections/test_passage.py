from tests.sections.samples import passed


def test_passages_are_ordered_by_their_moments_and_at_one_moment_by_their_ids() -> None:
    early, late = passed("west", 0), passed("west", 1)
    twins = [passed("west", 5, name="a"), passed("east", 5, name="b")]
    assert sorted([late, early], key=lambda each: each.order) == [early, late]
    assert sorted(twins, key=lambda each: each.order) == sorted(twins, key=lambda each: each.passage_id)
