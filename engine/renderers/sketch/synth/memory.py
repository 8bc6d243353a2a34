"""A bounded memory of finished sounds: what was used longest ago is forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from engine.renderers.sketch.synth.waves import Samples


class SoundMemory:
    """Remembers sounds by key, together at most `most_bytes` large."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._sounds: OrderedDict[Hashable, Samples] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._sounds)

    def recall(self, key: Hashable, make: Callable[[], Samples]) -> Samples:
        """The sound of this key, made now if it is not remembered; read-only."""
        sound = self._sounds.get(key)
        if sound is not None:
            self._sounds.move_to_end(key)
            return sound
        sound = make()
        sound.flags.writeable = False
        self._sounds[key] = sound
        self._bytes += sound.nbytes
        while self._bytes > self._most_bytes and len(self._sounds) > 1:
            _, oldest = self._sounds.popitem(last=False)
            self._bytes -= oldest.nbytes
        return sound
