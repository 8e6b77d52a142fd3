"""Which scenes are played, all at the same time."""

import asyncio
from collections.abc import Awaitable, Callable

from postgrest.exceptions import APIError

from scripts.play.scenes.birthday import kept_birthday
from scripts.play.scenes.merge import merged_client
from scripts.play.scenes.platinum import broken_promise
from scripts.play.scenes.preemption import preempted_email
from scripts.play.scenes.rescue import rescued_chat
from scripts.play.scenes.stage import Stage
from scripts.play.scenes.transfer import failed_transfer
from scripts.play.story import Scene, Story

Play = Callable[[Stage, Scene], Awaitable[None]]
PROGRAMME: tuple[tuple[str, Play], ...] = (
    ("A Platinum chat goes before e-mail", preempted_email),
    ("An agent disappears, the client notices nothing", rescued_chat),
    ("One client, two addresses, one conversation", merged_client),
    ("A Platinum client's evening: 30 seconds, kept, broken and mended", broken_promise),
    ("A transfer whose chauffeurs let the house down", failed_transfer),
    ("Two birthdays", kept_birthday),
)


async def play_scenes(stage: Stage, story: Story) -> None:
    """Plays every scene; what never came true is a broken promise of that scene."""
    story.scenes = [Scene(title) for title, _ in PROGRAMME]
    await asyncio.gather(
        *(
            _play(play, stage, scene)
            for scene, (_, play) in zip(story.scenes, PROGRAMME, strict=True)
        )
    )
    await stage.leave()


async def _play(play: Play, stage: Stage, scene: Scene) -> None:
    try:
        await play(stage, scene)
    except (TimeoutError, APIError) as error:
        scene.check(f"the scene “{scene.title}” comes to its end", holds=False, first=error)
