"""Tokenizers whose tokens can be counted by hand."""


class Letters:
    """One token a letter; no control tokens."""

    chat_template = None
    all_special_tokens = ()

    def __call__(self, text: str, add_special_tokens: bool = False) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def get_added_vocab(self) -> dict[str, int]:
        return {}


class Chatting(Letters):
    chat_template = "{{ messages }}"

    def apply_chat_template(self, messages, add_generation_prompt, tokenize):
        return "".join(f"<{message['role']}>{message['content']}" for message in messages)
