"""Asking a judge about items: both orders, what was asked before not again, every raw reply kept."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from columnist.digests import digest_value
from columnist.errors import TeacherError
from columnist.judging.answers import AnswerBook, Kept, answer_schema, read_reply
from columnist.judging.judge import Chat, Judge
from columnist.judging.orders import Order, draw_orders, restore_preference, settle
from columnist.studies.ballots import Item, Preference
from columnist.values import Value

_BATCH = 16  # requests between two writes: what a crash costs at most


class Judgement(Value):
    """What a judge says of one item.

    Attributes:
        as_given: The answer with option A shown first; ``None`` for no answer.
        swapped: The answer with option B shown first.
        longer: The option with more characters, if one has more.
        length_difference: Characters of option A beyond those of option B.
    """

    comparison_id: str
    table_id: str
    as_given: Preference | None
    swapped: Preference | None
    longer: Preference | None
    length_difference: int

    @property
    def preference(self) -> Preference | None:
        """Both answers together; a tie if they differ, and none if one of them is missing."""
        return settle(self.as_given, self.swapped)

    @property
    def flipped(self) -> bool:
        """Whether the judge changed its answer with the order."""
        return None not in (self.as_given, self.swapped) and self.as_given is not self.swapped


class _Question(NamedTuple):
    item: Item
    order: Order
    text: str

    @property
    def key(self) -> str:
        return digest_value(self.text)


def ask_judge(
    judge: Judge, items: Sequence[Item], cache: Path, say: Callable[[int, int], None], chat: Chat | None = None
) -> tuple[Judgement, ...]:
    """Ask a judge about items, each in both orders; an interrupted run goes on where it was.

    Args:
        judge: Who is asked.
        items: What to compare.
        cache: Folder of the raw replies.
        say: Called with the requests that are answered and those in all.
        chat: Who answers; by default what the judge's folder names, opened when something has to be asked.

    Raises:
        TeacherError: A request got no answer: the endpoint is down, or refuses it. What came is kept.
        ColumnistError: The judge's model cannot be used.
    """
    book = AnswerBook(cache, judge.identity)
    asked = [_Question(item, order, judge.render(item, order)) for item in items for order in draw_orders(item)]
    questions = {question.key: question for question in asked}  # what is asked twice has one answer
    unasked = [question for key, question in questions.items() if book.find(key) is None]
    done = len(questions) - len(unasked)
    if unasked:
        chat = chat or judge.open_chat()
        for start in range(0, len(unasked), _BATCH):
            say(done + start, len(questions))
            batch = unasked[start : start + _BATCH]
            lost_before = _count_lost(chat)
            replies = _ask(judge, chat, batch)
            book.keep(replies)
            if lost := _count_lost(chat) - lost_before:
                raise _unanswered(judge, lost, batch, replies)
    say(len(questions), len(questions))
    return tuple(_judge_item(judge, item, book) for item in items)


def _ask(judge: Judge, chat: Chat, questions: Sequence[_Question]) -> list[Kept]:
    """Return the replies that came; one that did not is not kept, so that it is asked for again."""
    decoding = judge.settings.decoding
    schemas = [answer_schema(judge.settings.labels)] * len(questions) if decoding.forced else None
    replies = chat.complete([(question.text, None) for question in questions], decoding.max_new_tokens, schemas)
    return [
        Kept(key=question.key, comparison_id=question.item.comparison_id, order=question.order, raw=raw)
        for question, raw in zip(questions, replies, strict=True)
        if raw
    ]


def _count_lost(chat: Chat) -> int:
    """Return how many requests an endpoint has not answered; a model on this machine answers all."""
    usage = getattr(chat, "usage", None)
    return usage.unanswered if usage else 0


def _unanswered(judge: Judge, lost: int, batch: Sequence[_Question], replies: Sequence[Kept]) -> TeacherError:
    answered = {reply.key for reply in replies}
    about = next(question.item.comparison_id for question in batch if question.key not in answered)
    return TeacherError(
        f"judge {judge.name}: {judge.settings.model_name} gave no answer to {lost} of {len(batch)} requests, such as "
        f"that about comparison {about!r}; see whether it is up, or leave out what it refuses: what came is kept, and "
        "the same command goes on"
    )


def _judge_item(judge: Judge, item: Item, book: AnswerBook) -> Judgement:
    def answer(order: Order) -> Preference | None:
        shown = read_reply(book.find(digest_value(judge.render(item, order))) or "", judge.settings.labels)
        return restore_preference(shown, order) if shown else None

    return Judgement(
        comparison_id=item.comparison_id,
        table_id=item.table_id,
        as_given=answer(Order.AS_GIVEN),
        swapped=answer(Order.SWAPPED),
        longer=item.longer,
        length_difference=len(item.option_a) - len(item.option_b),
    )
