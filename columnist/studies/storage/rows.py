"""Rows of the studies' database and the values of the domain, one made from the other."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from columnist.errors import StudyError
from columnist.studies.assignment import Assignment
from columnist.studies.items import ItemKind, StudyItem, StudyText
from columnist.studies.storage.results import Shown, Study, StudyState
from columnist.studies.storage.tables import AssignmentRow, ItemRow, StudyRow, TextRow


def find_study(session: Session, study_id: str, lock: bool = False) -> StudyRow:
    """Return the row of a study.

    Raises:
        StudyError: There is none of this id.
    """
    row = session.get(StudyRow, study_id, with_for_update=lock or None)
    if row is None:
        raise StudyError(f"there is no study {study_id}; see: run.py study status")
    return row


def as_study(row: StudyRow) -> Study:
    """Return a study."""
    return Study(study_id=row.study_id, state=StudyState(row.state), opened_at=row.opened_at, closed_at=row.closed_at)


def item_row(study_id: str, item: StudyItem) -> ItemRow:
    """Return the row of an item."""
    return ItemRow(
        item_id=item.item_id,
        study_id=study_id,
        table_id=item.table_id,
        kind=item.kind,
        look=item.look,
        ddl=item.ddl,
    )


def text_row(item: StudyItem, place: int) -> TextRow:
    """Return the row of one of an item's texts."""
    text = item.texts[place]
    return TextRow(
        text_id=text.text_id,
        item_id=item.item_id,
        place=place,
        table_text=text.table_text,
        columns=[list(pair) for pair in text.columns],
    )


def as_item(session: Session, row: ItemRow) -> StudyItem:
    """Return an item with its texts."""
    first, second = session.scalars(select(TextRow).where(TextRow.item_id == row.item_id).order_by(TextRow.place))
    return StudyItem(
        item_id=row.item_id,
        table_id=row.table_id,
        kind=ItemKind(row.kind),
        look=row.look,
        ddl=row.ddl,
        texts=(_as_text(first), _as_text(second)),
    )


def assignment_row(assignment: Assignment) -> AssignmentRow:
    """Return the row of an assignment."""
    return AssignmentRow(
        rater_id=assignment.rater,
        position=assignment.position,
        item_id=assignment.item_id,
        a_text_id=assignment.a_text_id,
        b_text_id=assignment.b_text_id,
    )


def as_assignment(row: AssignmentRow) -> Assignment:
    """Return an assignment."""
    return Assignment(
        rater=row.rater_id,
        position=row.position,
        item_id=row.item_id,
        a_text_id=row.a_text_id,
        b_text_id=row.b_text_id,
    )


def as_shown(session: Session, row: AssignmentRow, item: ItemRow) -> Shown:
    """Return an assignment with its item."""
    return Shown(
        rater=row.rater_id,
        position=row.position,
        item=as_item(session, item),
        a_text_id=row.a_text_id,
        b_text_id=row.b_text_id,
    )


def _as_text(row: TextRow) -> StudyText:
    return StudyText(
        text_id=row.text_id, table_text=row.table_text, columns=tuple((name, text) for name, text in row.columns)
    )
