"""Examples and endpoints for teachers."""

from collections.abc import Callable

import pytest
from fake_endpoint import FakeEndpoint

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers import OpenAITeacherConfig


@pytest.fixture
def endpoint():
    with FakeEndpoint() as running:
        yield running


@pytest.fixture
def make_config(endpoint) -> Callable[..., OpenAITeacherConfig]:
    def make(**changes: object) -> OpenAITeacherConfig:
        settings = {
            "kind": "openai",
            "base_url": endpoint.base_url,
            "model": "fake-1",
            "license": "Apache-2.0",
            "timeout_s": 5,
            "backoff_s": 0.01,
            "max_attempts": 3,
            "usd_per_million_input_tokens": 1,
            "usd_per_million_output_tokens": 10,
        }
        return OpenAITeacherConfig.model_validate(settings | changes)

    return make


@pytest.fixture
def make_example() -> Callable[..., Example]:
    def make(number: int = 1, table: str = "One row for each order.", columns: tuple[str, ...] = ()) -> Example:
        texts = columns or ("Identifies the order.", "Amount due, in euros with 2 decimals.", "? What is flex_01 for?")
        names = ("order_id", "amt", "flex_01")
        return Example(
            id=f"e{number}",
            ddl=f"CREATE TABLE orders_{number} (order_id INT, amt DECIMAL(10, 2), flex_01 TEXT)",
            table=Table(name=f"orders_{number}", columns=tuple(Column(name=name) for name in names)),
            reference=Texts(table=table, columns=texts),
            naics_code="",
            use_case="",
            license="Apache-2.0",
        )

    return make
