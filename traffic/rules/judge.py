"""The judge stage, and the rules that a config asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from traffic.datatypes import Case
from traffic.errors import ConfigError
from traffic.rules.rule import Rule
from traffic.rules.settings import RulesSettings
from traffic.rules.speeding import Speeding
from traffic.rules.wrong_way import WrongWay
from traffic.scene.settings import SceneSettings


def build_rules(rules: RulesSettings, scene: SceneSettings) -> tuple[Rule, ...]:
    """The rules of one camera.

    Raises:
        ConfigError: a rule needs something that the scene does not have.
    """
    built: list[Rule] = []
    if rules.speeding is not None:
        if scene.road is None:
            raise ConfigError("rules.speeding: expected a calibrated road, got none", remedy="fill in scene.road")
        built.append(Speeding(rules.speeding))
    if rules.wrong_way is not None:
        built.append(_wrong_way(rules, scene))
    return tuple(built)


def _wrong_way(rules: RulesSettings, scene: SceneSettings) -> WrongWay:
    if rules.wrong_way is None or not scene.lanes:
        raise ConfigError("rules.wrong_way: expected at least one lane, got none", remedy="fill in scene.lanes")
    try:
        return WrongWay(rules.wrong_way, scene)
    except ValueError as error:
        raise ConfigError(f"scene.lanes: {error}", remedy="draw the arrow nearer to the camera") from error


class RulesJudge:
    """Holds every case against the rules of its camera.

    Args:
        rules: camera id to its rules; a camera that is missing has none.
    """

    def __init__(self, rules: Mapping[str, Sequence[Rule]]) -> None:
        self._rules = rules

    def judge(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """The same cases with their violations, in the order of the rules."""
        return tuple(self._judge_one(case) for case in cases)

    def _judge_one(self, case: Case) -> Case:
        judged = (rule.judge(case.passage) for rule in self._rules.get(case.passage.camera_id, ()))
        return replace(case, violations=tuple(violation for violation in judged if violation is not None))
