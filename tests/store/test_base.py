from traffic.store.tables import Base


def test_every_constraint_has_a_name_that_both_databases_agree_on() -> None:
    names = [
        constraint.name
        for table in Base.metadata.tables.values()
        for constraint in (*table.constraints, *table.indexes)
    ]
    assert None not in names
    assert len(names) == len(set(names))
    assert {"pk_hits", "fk_hits_passage_id_passages", "ix_passages_plate_skeleton"} <= set(map(str, names))
