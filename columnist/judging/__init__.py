"""Models as judges: asked in both orders, and worth what people's ballots say they are.

Importing this package is quick: engines, numpy and scikit-learn are loaded by what needs them.
"""

from columnist.judging.asking import Judgement, ask_judge
from columnist.judging.calibration import (
    Calibration,
    Habits,
    Standing,
    calibrate,
    find_calibration,
    find_standing,
    keep_calibration,
)
from columnist.judging.comparing import JudgeResult, judge_comparisons, judges_folder, make_item
from columnist.judging.judge import Chat, Judge, list_folders
from columnist.judging.settings import JudgeSettings

__all__ = [
    "Calibration",
    "Chat",
    "Habits",
    "Judge",
    "JudgeResult",
    "JudgeSettings",
    "Judgement",
    "Standing",
    "ask_judge",
    "calibrate",
    "find_calibration",
    "find_standing",
    "judge_comparisons",
    "judges_folder",
    "keep_calibration",
    "list_folders",
    "make_item",
]
