"""What the transformer is given, against upstream's tensors: from words and sources on."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.renderers.acestep.codes import hints_of, parse_codes, quantised
from engine.renderers.acestep.conditions import (
    asked_by,
    asked_later,
    condition,
    emptied,
    encoded,
    hidden_of,
    lengthened,
    mask_of,
    silence,
    tokens_of,
    window_of,
)
from engine.renderers.acestep.loading import Models
from engine.renderers.acestep.words import Prompt, Words, instruction, lyric_prompt, text_prompt
from tests.acestep.golden import ENCODED, Case, distance, each, models


@pytest.fixture
def tiny() -> Models:
    return models("native-turbo-tiny")


def prompts(case: Case) -> list[Prompt]:
    texts, lyrics = case.facts["text_prompts"], case.facts["lyric_prompts"]
    return [Prompt(*both) for both in zip(texts, lyrics, strict=True)]


def own(case: Case, name: str, mask: str, item: int) -> Tensor:
    """What an item of a batch has of its own, without what fills it up to the longest."""
    return case.tensors[name][item][case.tensors[mask][item].bool()]


@each("textenc")
def test_golden_texts_are_understood_as_upstream_does(case: Case):
    shared = models("native-turbo-tiny")
    tokens = tokens_of(shared, Prompt(case.facts["text"], case.facts["text"]))
    assert tokens.text.tolist() == case.tensors["ids"].tolist()
    words = encoded(shared, tokens)
    assert distance(words.text, case.tensors["hidden"]) <= ENCODED
    assert distance(words.lyrics, case.tensors["embed"]) <= ENCODED


@each("dit")
def test_golden_words_are_encoded_as_upstream_does(case: Case):
    prefix = "tar_" if "tar_text_hidden" in case else ""
    for item, prompt in enumerate(prompts(case)):
        words = encoded(case.models, tokens_of(case.models, prompt))
        for ours, name in ((words.text, "text"), (words.lyrics, "lyric")):
            theirs = own(case, f"{prefix}{name}_hidden", f"{prefix}{name}_mask", item)
            assert distance(ours[0], theirs) <= ENCODED


@each("dit")
def test_golden_conditions_are_packed_as_upstream_does(case: Case):
    tensors = case.tensors
    for item, prompt in enumerate(prompts(case)):
        references = tensors["refer_latents"][tensors["refer_order"] == item]
        hidden = asked_by(case.models, prompt, references.split(1))
        if "enc_hidden" in tensors:
            theirs = own(case, "enc_hidden", "enc_mask", item)
        else:
            theirs = tensors["tar_enc_hidden"][item]
        assert distance(hidden[0], theirs) <= ENCODED


@each("dit", where=lambda case: "refer_latents" in case.facts["aliases"] and "enc_hidden" in case)
def test_golden_conditions_without_a_reference_hear_silence(case: Case):
    hidden = asked_by(case.models, prompts(case)[0])
    assert distance(hidden[0], own(case, "enc_hidden", "enc_mask", 0)) <= ENCODED


@each("dit", where=lambda case: "nc_enc_hidden" in case)
def test_golden_covers_go_on_towards_music_from_nothing(case: Case):
    text, default = case.facts["text_prompts"][0], instruction("text2music")
    later = Prompt(
        text.replace(case.facts["request"]["instructions"][0], default),
        case.facts["lyric_prompts"][0],
    )
    hidden = asked_later(case.models, prompts(case)[0], later)
    assert distance(hidden, case.tensors["nc_enc_hidden"]) <= ENCODED
    nothing = silence(case.models, case.facts["T"])
    assert distance(nothing, case.tensors["nc_context_src"]) <= ENCODED


@each("dit", where=lambda case: "src_enc_hidden" in case)
def test_golden_edits_know_what_the_source_was_described_with(case: Case):
    asked = case.facts["request"]
    target = prompts(case)[0]
    old = Prompt(
        target.text.replace(asked["captions"][0], asked["flow_edit_source_caption"]),
        target.lyrics.replace(asked["lyrics"][0], asked["flow_edit_source_lyrics"]),
    )
    words = encoded(case.models, tokens_of(case.models, old))
    assert distance(words.text, case.tensors["src_text_hidden"]) <= ENCODED
    assert distance(words.lyrics, case.tensors["src_lyric_hidden"]) <= ENCODED
    assert distance(hidden_of(case.models, words), case.tensors["src_enc_hidden"]) <= ENCODED


def source_of(case: Case) -> Tensor:
    """The source latents of a context, from what the case gives, as its task has them."""
    tensors, asked, engine = case.tensors, case.facts["request"], case.models
    match asked["task_type"]:
        case _ if "audio_code_hints" in asked:
            codes = torch.tensor([parse_codes(text) for text in asked["audio_code_hints"]])
            return lengthened(engine, hints_of(engine, codes))
        case "text2music":
            return silence(engine, case.facts["T"])
        case "cover":
            return quantised(engine, tensors["src_latents"])
        case "repaint":
            return emptied(engine, tensors["clean_src_latents"], window(case))
    return tensors["src_latents"]


def window(case: Case) -> Tensor:
    asked: dict[str, Any] = case.facts["request"]
    return window_of(asked["repainting_start"][0], asked["repainting_end"][0], case.facts["T"])


@each("dit")
def test_golden_contexts_are_what_upstream_shows_the_transformer(case: Case):
    theirs = case.tensors["context_src"]
    assert distance(source_of(case).expand_as(theirs), theirs) <= ENCODED


@each("dit", where=lambda case: "repaint_mask" in case)
def test_golden_windows_are_upstreams_frame_by_frame(case: Case):
    assert window(case).tolist() == case.tensors["repaint_mask"].bool().tolist()


@each("dit")
def test_golden_masks_are_upstreams(case: Case):
    asked, frames = case.facts["request"], case.facts["T"]
    mode = asked.get("chunk_mask_modes", ["explicit"])[0]
    mask = mask_of(frames, window(case) if "repaint_mask" in case else None, mode)
    if mode == "auto" and case.tensors["chunk_mask"].max() == 1.0:
        # Upstream kept its masks as bool when this case was made; what it has meant, and does
        # since, is 2, which is our side.
        mask = mask.bool().float()
    theirs = case.tensors["chunk_mask"]
    assert torch.equal(mask.expand_as(theirs), theirs)


def test_golden_a_condition_holds_the_source_and_then_the_mask_over_every_channel(tiny: Models):
    source = torch.randn(2, 130, 64, generator=torch.Generator().manual_seed(1))
    mask = mask_of(130, window_of(1.0, 2.0, 130))
    context = condition(torch.zeros(1, 3, 64), source, mask).context
    assert torch.equal(context[..., :64], source)
    assert torch.equal(context[..., 64:], mask.unsqueeze(-1).expand(2, -1, 64))


PLAIN = Words(caption="Deep house", lyrics="[Verse]\nHello", language="en")


@pytest.mark.parametrize(
    "changed",
    [
        {"caption": "Hard techno"},
        {"lyrics": "[Verse]\nGoodbye"},
        {"language": "de"},
        {"bpm": 124.0},
        {"key": "A minor"},
        {"time_signature": "3/4"},
        {"duration_s": 90.0},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_golden_each_word_changes_what_is_asked_for(tiny: Models, changed: dict[str, Any]):
    def asked(words: Words) -> Tensor:
        task = instruction("text2music")
        return asked_by(tiny, Prompt(text_prompt(task, words), lyric_prompt(words)))

    plain, other = asked(PLAIN), asked(dataclasses.replace(PLAIN, **changed))
    assert plain.shape != other.shape or distance(plain, other) > 1e-3


def test_golden_a_reference_changes_what_is_asked_for_at_the_timbres_place_alone(tiny: Models):
    prompt = Prompt(text_prompt("Do:", Words("house")), lyric_prompt(Words("house")))
    lyrics = tokens_of(tiny, prompt).lyrics.shape[1]
    voice = torch.randn(1, 300, 64, generator=torch.Generator().manual_seed(2))
    plain, other = asked_by(tiny, prompt), asked_by(tiny, prompt, [voice])
    changed = (plain != other).any(dim=-1)[0].nonzero().flatten().tolist()
    assert changed == [lyrics]


def test_golden_text_is_cut_at_256_tokens_and_lyrics_at_2048(tiny: Models):
    long = Prompt("music " * 3000, "la " * 5000)
    tokens = tokens_of(tiny, long)
    assert tokens.text.shape == (1, 256)
    assert tokens.lyrics.shape == (1, 2048)


def test_a_window_lasts_a_frame_at_least_and_ends_with_the_source():
    assert window_of(1.0, 1.01, 100).sum() == 1
    assert window_of(99.0, 120.0, 100).nonzero().tolist() == [[0, 99]]
    assert window_of(-2.0, 0.08, 100).nonzero()[:, 1].tolist() == [0, 1]
