"""The reviewer's pages over real studies, gates and approvals, with a registry that is a fake; all in one process."""

import re
from collections.abc import Callable
from datetime import date, datetime

from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from gate_evidence import evaluation, set_result
from promotion_evidence import NOW, Case, decide_gate
from rater_browser import Page

from columnist.documentation import Texts
from columnist.evaluation.costs import HostedPrice, Source, Usage, cost_of
from columnist.evaluation.results import Sample
from columnist.registry.links import Lineage, Link
from columnist.reviewers.accounts import Accounts
from columnist.reviewers.bench import Bench
from columnist.reviewers.deciding import carry_out
from columnist.reviewers.gathering import Gatherer
from columnist.reviewers.sessions import ReviewerSessions
from columnist.synthesis.card import DataCard, make_card
from columnist.synthesis.record import QuotaResult, SynthesisRecord
from columnist.synthesis.tally import Tally
from webapp.app import create_app
from webapp.limits import Limits, Rate
from webapp.review.routes import make_router
from webapp.review.sessions import Office

NAME, PASSWORD = "Ada Lovelace", "a sentence that is easy to remember"
_PLENTY = Rate(per_second=100, burst=10_000)
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_PRICE = HostedPrice(
    usd_per_million_input_tokens=2,
    usd_per_million_output_tokens=10,
    source=Source(title="Prices", url="https://example.com", read=date(2026, 11, 22), verified=True),
)


class FakeRecords:
    """Stands for the stores of measurements; what it is told to lack is an error, as there."""

    def __init__(self, case: Case):
        self.case = case
        self.missing: dict[str, Exception] = {}
        self.read: list[str] = []

    def versions(self):
        placed = self.case.registry.placement
        return [
            {
                "name": "columnist",
                "version": version,
                "aliases": [name for name, number in placed.model_dump().items() if number == version],
                "created_ms": 1_772_000_000_000 + int(version),
                "base_model": "smollm2-135m-instruct",
                "adapter_sha256": sha256,
            }
            for version, sha256 in sorted(self.case.registry.adapters.items(), reverse=True)
        ]

    def evaluation(self, reference, artifact_id=None):
        self._note("evaluation", reference)
        usage = Usage(input_tokens=(500, 540), output_tokens=(80, 90), seconds=4.2)
        found = set_result()
        candidate = found.systems[0].model_copy(update={"cost": cost_of(usage, _PRICE, seed=1)})
        return evaluation(
            found.model_copy(update={"systems": (candidate, *found.systems[1:]), "samples": (make_sample(),)})
        )

    def card(self, reference) -> DataCard:
        self._note("card", reference)
        record = SynthesisRecord(
            generator="columnist",
            generator_version="3",
            seed=7,
            inputs={"naics_2022.csv": "1" * 64},
            rejected={},
            quotas=(QuotaResult(name="abstentions", wanted=0.05, found=0.07),),
        )
        return make_card(record, Tally(), "9" * 64, ())

    def lineage(self, reference) -> Lineage:
        self._note("lineage", reference)
        links = (
            Link(name="alias", facts={"aliases": "challenger"}),
            Link(name="version", facts={"name": "columnist", "uri": reference}),
            Link(name="synthesis run", facts={"generator": "columnist 3", "naics_2022.csv sha256": "1" * 64}),
        )
        return Lineage(version=reference, links=links, notes=("it was never promoted",))

    def _note(self, what, reference):
        self.read.append(f"{what} {reference}")
        if what in self.missing:
            raise self.missing[what]


class LocalClerk:
    """Does at once, and in this process, what another process does in the product."""

    def __init__(self, gatherer: Gatherer, now: Callable[[], datetime]):
        self.gatherer, self.now = gatherer, now
        self.warmed = 0

    def warm(self):
        self.warmed += 1

    async def versions(self):
        return self.gatherer.versions(self.now())

    async def dossier(self, model, version, study_id):
        return self.gatherer.dossier(model, version, study_id, self.now())

    async def log(self):
        return self.gatherer.log()

    async def decide(self, request):
        return carry_out(self.gatherer.bench, request, self.now())


class ReviewSite:
    """The pages for one reviewer, and a time that tests move on."""

    def __init__(self, case: Case):
        self.case, self.now, self.gates = case, NOW, [decide_gate()]
        self.storage = case.places.storage
        self.records = FakeRecords(case)
        stores = case.stores._replace(gates=lambda: self.gates)
        self.clerk = LocalClerk(Gatherer(Bench(case.desk, stores, self.records)), lambda: self.now)
        self.accounts = Accounts(self.storage.engine, _QUICK)
        self.sessions = ReviewerSessions(self.storage.engine)
        self.accounts.add(NAME, PASSWORD, self.now)
        self.app = self.make_app()

    def make_app(self):
        self.office = Office.open(self.accounts, self.sessions, self.clerk, lambda: self.now)
        limits = Limits(session=_PLENTY, address=_PLENTY)
        return create_app(self.storage, b"s" * 32, limits, [make_router(self.office)], lambda: self.now)

    def browser(self, **options) -> "ReviewBrowser":
        return ReviewBrowser(self.app, **options)

    def signed_in(self, **options) -> "ReviewBrowser":
        return self.browser(**options).sign_in()

    @property
    def actions(self) -> list[str]:
        return [entry.event.action.value for entry in self.case.desk.log.entries()]


class ReviewBrowser:
    """Signs in, and sends the forms that it was given."""

    def __init__(self, app, address: str = "192.0.2.9", scheme: str = "http"):
        self.client = TestClient(app, base_url=f"{scheme}://review.example", client=(address, 50000))
        self.text, self.status, self.path = "", 0, ""

    @property
    def page(self) -> Page:
        return Page(self.text)

    @property
    def words(self) -> str:
        """What a person reads, in one line."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.text).split())

    def get(self, path: str) -> "ReviewBrowser":
        return self._keep(self.client.get(path))

    def post(self, path: str, **fields: str) -> "ReviewBrowser":
        return self._keep(self.client.post(path, data=fields))

    def sign_in(self, name: str = NAME, password: str = PASSWORD) -> "ReviewBrowser":
        self.get("/review/sign-in")
        return self.post("/review/sign-in", csrf=self.page.field("csrf"), name=name, password=password)

    def open(self, version: str = "2", study: str = "") -> "ReviewBrowser":
        return self.get(f"/review/versions/columnist/{version}?study={study}")

    def decide(self, decision: str, reason: str = "it reads well", version: str = "2", **fields) -> "ReviewBrowser":
        own = {name: self.page.field(name) for name in ("csrf", "study", "subject")}
        sent = own | {"decision": decision, "reason": reason} | fields
        return self.post(f"/review/versions/columnist/{version}", **sent)

    def _keep(self, response) -> "ReviewBrowser":
        self.text, self.status, self.path = response.text, response.status_code, response.url.path
        return self


def make_sample() -> Sample:
    return Sample(
        table="orders_1",
        columns=("id_1", "placed_on_1"),
        ddl="CREATE TABLE orders_1 (id_1 INT, placed_on_1 DATE);",
        reference=Texts(table="Orders.", columns=("Key.", "Day.")),
        texts={
            "tuned": Texts(table="One row per order.", columns=("Key of the order.", "? Which day is meant?")),
            "plain 135M": Texts(table="A table.", columns=("An id <b>", "")),
        },
    )
