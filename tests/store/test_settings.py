import pytest
from pydantic import ValidationError

from traffic.store.settings import DatabaseSettings


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("sqlite:///data/traffic.db", "sqlite+pysqlite:///data/traffic.db"),
        ("sqlite:////var/lib/traffic.db", "sqlite+pysqlite:////var/lib/traffic.db"),
        ("postgresql://box@db.city:5433/traffic", "postgresql+psycopg://box@db.city:5433/traffic"),
        ("postgresql+psycopg://box@db/traffic", "postgresql+psycopg://box@db/traffic"),
    ],
)
def test_url_gets_the_driver_that_we_install(url: str, opened: str) -> None:
    assert DatabaseSettings(url=url).connection_url.render_as_string() == opened


@pytest.mark.parametrize(
    ("url", "came"),
    [
        ("mysql://db/traffic", "mysql://"),
        ("postgresql+psycopg2://db/traffic", "postgresql\\+psycopg2"),
        ("data/traffic.db", "no URL"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_other_databases_are_refused(url: str, came: str) -> None:
    with pytest.raises(ValidationError, match=came):
        DatabaseSettings(url=url)


def test_password_joins_the_url_and_is_never_shown() -> None:
    settings = DatabaseSettings(url="postgresql://box@db/traffic", password="hush/@:")
    assert settings.connection_url.password == "hush/@:"
    assert "hush" not in repr(settings)
