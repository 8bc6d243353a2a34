"""Audio codes against upstream's: equal as numbers, and the hints they become."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from engine.errors import Unsupported
from engine.renderers.acestep.codes import (
    codes_of,
    hints_of,
    parse_codes,
    quantised,
    write_codes,
)
from tests.acestep.golden import ENCODED, Case, distance, each, models


@each("tokenizer", where=lambda case: "latents" in case)
def test_golden_latents_become_upstreams_codes(case: Case):
    codes = codes_of(case.models, case.tensors["latents"])
    assert codes.tolist() == case.tensors["codes"].tolist()


@each("tokenizer", where=lambda case: "hints" in case)
def test_golden_codes_become_upstreams_hints(case: Case):
    hints = hints_of(case.models, case.tensors["codes"].long())
    assert distance(hints, case.tensors["hints"]) <= ENCODED


@each("tokenizer", where=lambda case: "latents" in case)
def test_golden_latents_told_by_their_codes_keep_their_length(case: Case):
    latents = case.tensors["latents"]
    told = quantised(case.models, latents)
    assert distance(told, case.tensors["hints"][:, : latents.shape[1]]) <= ENCODED


@each("tokenizer", where=lambda case: "code_string" in case.facts)
def test_golden_codes_are_written_as_upstream_does(case: Case):
    assert write_codes(case.facts["codes"]) == case.facts["code_string"]
    assert list(parse_codes(case.facts["code_string"])) == case.facts["codes"]


@each("tokenizer", where=lambda case: "cases" in case.facts)
def test_golden_codes_are_read_from_text_as_upstream_does(case: Case):
    for one in case.facts["cases"]:
        assert list(parse_codes(one["input"])) == one["codes"], one["input"]


def test_without_its_tokenizer_a_checkpoint_names_one_that_has_it():
    bare = dataclasses.replace(models("native-turbo-tiny"), audio_tokenizer=None, detokenizer=None)
    with pytest.raises(Unsupported, match="acestep-v15-turbo"):
        codes_of(bare, torch.zeros(1, 10, 64))
    with pytest.raises(Unsupported, match="acestep-v15-turbo"):
        hints_of(bare, torch.zeros(1, 2, dtype=torch.long))
