"""A group of commands of which one is run where none is named."""

from typing import Any

import click


class DefaultGroup(click.Group):
    """A group whose own name runs one of its commands: ``gate --config X`` means ``gate decide --config X``."""

    def __init__(self, *args: Any, default: str, **kwargs: Any):
        """Make a group.

        Args:
            args: As ``click.Group`` takes them.
            default: The command that is run where none is named.
            kwargs: As ``click.Group`` takes them.
        """
        super().__init__(*args, **kwargs)
        self._default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before options that are not the group's own."""
        own = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if args and args[0] in own else [self._default, *args])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the group's options and commands, then the options that it takes for its default command."""
        super().format_options(ctx, formatter)
        command = self.commands[self._default]
        records = [parameter.get_help_record(ctx) for parameter in command.params]
        with formatter.section(f"Options without a command, which are those of {self._default}"):
            formatter.write_dl([record for record in records if record])
