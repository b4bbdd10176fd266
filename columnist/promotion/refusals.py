"""Why a promotion is refused: one word for each reason, so that it can be counted, tested and mended."""

from enum import StrEnum


class Refusal(StrEnum):
    """What stands against a promotion."""

    NO_GATE = "no gate"
    GATE_FAILED = "failed gate"
    EDITED_GATE = "edited gate result"
    NO_STUDY = "no study"
    OPEN_STUDY = "open study"
    NO_RESULT = "study without a result"
    FAILED_STUDY = "failed study"
    OTHER_MODEL = "study of another digest"
    OTHER_BASELINE = "study against another baseline"
    EDITED_REGISTRATION = "edited pre-registration"
    EDITED_CLOSING = "edited closing"
    EDITED_BALLOT = "edited ballot"
    EDITED_RESULT = "edited result"
    EDITED_KEY = "sealed key that was not committed to"
    EDITED_MODEL = "edited model files"
    SWAPPED_TEST_SET = "swapped test set"
    STALE = "stale evidence"
    UNKNOWN_KEY = "unknown key"
    REPLAYED_SIGNATURE = "replayed signature"
    EDITED_APPROVAL = "edited approval"
    REJECTED = "rejected by a reviewer"
    ONE_REVIEWER = "one reviewer where two are needed"
    ALREADY_CHAMPION = "champion already"
    NO_PREVIOUS = "no previous champion"
