"""Which model wrote the texts that are compared."""

from columnist.values import Value


class SystemIdentity(Value):
    """Which model wrote, from which prompt: what a decision about its texts has to name.

    Attributes:
        name: What it is called in this comparison.
        kind: How it writes; one of ``columnist.systems.Kind``.
        reference: As it was given.
        model_sha256: Digest of the adapter, or of the base model that writes without one; empty where no model writes.
        base_model: The base model's reference.
        base_model_sha256: Digest of the base model.
        license: SPDX identifier of the base model, or ``unknown`` where its files do not say.
        prompt_sha256: Digest of the prompts.
    """

    name: str
    kind: str
    reference: str
    model_sha256: str = ""
    base_model: str = ""
    base_model_sha256: str = ""
    license: str = ""
    prompt_sha256: str = ""
