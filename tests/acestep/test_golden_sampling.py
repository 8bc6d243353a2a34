"""The driver against upstream's own runs: schedules, guidance, corrections, whole trajectories."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.audio.splice import Patch, ramp, splice
from engine.audio.windows import Window
from engine.errors import Cancelled, InvalidRequest
from engine.renderers.acestep.decoder import Condition
from engine.renderers.acestep.denoise import (
    Asked,
    Sampling,
    Start,
    Watch,
    denoise,
    mixed,
    noise_of,
)
from engine.renderers.acestep.edit import Edit, edit
from engine.renderers.acestep.guidance import Guidance, Momentum, guide
from engine.renderers.acestep.keeping import Hold, Keeping, hold_of
from engine.renderers.acestep.schedule import (
    TURBO_TIMES,
    Schedule,
    base_schedule,
    custom_schedule,
    turbo_schedule,
)
from engine.renderers.acestep.wavelet import Correction
from tests.acestep.golden import FINAL, VELOCITY, Case, distance, each


def is_edit(case: Case) -> bool:
    return bool(case.facts["request"].get("flow_edit_morph"))


def schedule_of(case: Case) -> Schedule:
    asked, turbo = case.facts["request"], "turbo" in case.facts["model"]
    if asked.get("timesteps"):
        schedule = custom_schedule(asked["timesteps"], turbo=turbo)
    else:
        schedule = (turbo_schedule if turbo else base_schedule)(
            asked["infer_steps"], asked["shift"]
        )
    if nearness := asked.get("cover_noise_strength"):
        return schedule.starting_near(1.0 - nearness)
    return schedule


def guidance_of(case: Case) -> Guidance:
    asked = case.facts["request"]
    variant = "adg" if asked.get("use_adg") else asked.get("guidance_variant", "apg")
    return Guidance(
        asked["guidance_scale"],
        variant,
        asked.get("cfg_interval_start", 0.0),
        asked.get("cfg_interval_end", 1.0),
    )


def sampling_of(case: Case) -> Sampling:
    asked, given = case.facts["request"], case.facts["generate_audio"]
    correction = Correction(given["dcw_mode"], given["dcw_scaler"], given["dcw_high_scaler"])
    stochastic = asked.get("infer_method") == "sde"
    return Sampling(
        schedule_of(case),
        solver="sde" if stochastic else asked.get("sampler_mode", "euler"),
        guidance=guidance_of(case),
        norm_limit=asked.get("velocity_norm_threshold", 0.0),
        inertia=asked.get("velocity_ema_factor", 0.0),
        correction=correction if given["dcw_enabled"] else None,
        turbo="turbo" in case.facts["model"],
    )


def masked(case: Case, source: Tensor) -> Tensor:
    mask = case.tensors["chunk_mask"].unsqueeze(-1).expand(-1, -1, 64)
    return torch.cat([source, mask], dim=-1)


def asked_of(case: Case) -> Asked:
    tensors = case.tensors
    first = Condition(tensors["enc_hidden"], masked(case, tensors["context_src"]))
    if "nc_enc_hidden" not in tensors:
        return Asked(first)
    after = Condition(tensors["nc_enc_hidden"], masked(case, tensors["nc_context_src"]))
    return Asked(first, after, case.facts["generate_audio"]["audio_cover_strength"])


def start_of(case: Case) -> Start:
    asked, tensors = case.facts["request"], case.tensors
    if asked.get("retake_seed"):
        return Start(mixed(tensors["noise"], tensors["retake_noise"], asked["retake_variance"]))
    if asked.get("cover_noise_strength"):
        time = schedule_of(case).times[0]
        noised = time * tensors["noise"] + (1.0 - time) * tensors["src_latents"]
        return Start(tensors["noise"], noised)
    return Start(tensors["noise"])


def keeping_of(case: Case) -> Keeping | None:
    if "repaint_mask" not in case.tensors:
        return None
    given = case.facts["generate_audio"]
    hold = Hold(given["repaint_injection_ratio"], given["repaint_crossfade_frames"], 0.0)
    return Keeping(case.tensors["repaint_mask"].bool(), case.tensors["clean_src_latents"], hold)


def fresh_noise(case: Case) -> Iterator[Tensor]:
    return chain(case.tensors.get("step_noise", ()))


@each("dit", where=lambda case: not is_edit(case))
def test_golden_noise_is_drawn_alike(case: Case):
    """An edit draws its noise step by step."""
    seeds = case.facts["request"]["seed"]
    drawn = noise_of(seeds if isinstance(seeds, list) else [seeds], case.facts["T"])
    assert distance(drawn, case.tensors["noise"]) == 0.0
    if "retake_noise" in case.tensors:
        drawn = noise_of([case.facts["request"]["retake_seed"]], case.facts["T"])
        assert distance(drawn, case.tensors["retake_noise"]) == 0.0


@each("dit")
def test_golden_moments_are_asked_for_in_the_same_order(case: Case):
    times = schedule_of(case).times
    if is_edit(case):
        times = tuple(time for time in times[:-1] for _ in range(2))
    elif sampling_of(case).solver == "heun":
        # Predictor and corrector; upstream's turbo models do without the last corrector.
        pairs = [one for now, after in pairwise(times) for one in (now, after)]
        times = tuple(pairs[:-1] if sampling_of(case).turbo else pairs)
    else:
        times = times[:-1]
    recorded = case.tensors["decoder_timesteps"].tolist()
    assert recorded == pytest.approx(times, abs=1e-6)


@each("dit")
def test_golden_first_velocity(case: Case):
    tensors, decoder = case.tensors, case.models.decoder
    conditioned = asked_of(case) if not is_edit(case) else None
    if conditioned is None:
        condition = Condition(tensors["src_enc_hidden"], masked(case, tensors["context_src"]))
    elif conditioned.after and conditioned.share == 0.0:
        condition = conditioned.after
    else:
        condition = conditioned.first
    time = float(tensors["decoder_timesteps"][0])
    guided = "v_uncond_first" in tensors
    memory = decoder.remember(condition, guided=guided)
    if guided:
        asked, free = decoder.velocities(tensors["x_first"], time, memory)
        assert distance(free, tensors["v_uncond_first"]) < VELOCITY
    else:
        asked = decoder.velocity(tensors["x_first"], time, memory)
    assert distance(asked, tensors["v_cond_first"]) < VELOCITY


@each("dit")
def test_golden_final_latents(case: Case):
    decoder, tensors = case.models.decoder, case.tensors
    if is_edit(case):
        given, noise = case.facts["generate_audio"], iter(tensors["fwd_noise"])
        old, new = (
            Condition(tensors[f"{side}_enc_hidden"], masked(case, tensors["context_src"]))
            for side in ("src", "tar")
        )
        plan = Edit(
            schedule_of(case), guidance_of(case), given["edit_n_min"], given["edit_n_max"],
            given["edit_n_avg"],
        )  # fmt: skip
        made = edit(decoder, tensors["src_latents"], (old, new), plan, lambda: next(noise)[None])
    else:
        noise = fresh_noise(case)
        made = denoise(
            decoder, start_of(case), asked_of(case), sampling_of(case),
            keeping=keeping_of(case), draw=lambda: next(noise),
        )  # fmt: skip
    assert distance(made, tensors["final"]) < FINAL


@each("guidance")
def test_golden_guidance(case: Case):
    tensors, scale = case.tensors, case.facts["guidance_scale"]
    for variant in ("apg", "cfg", "adg", "adg_w_norm", "adg_wo_clip"):
        momentum = Momentum()
        for number, time in enumerate(case.facts["sigmas"]):
            made = guide(
                Guidance(scale, variant), tensors["cond"][number], tensors["uncond"][number],
                tensors["latents"], time, momentum,
            )  # fmt: skip
            assert distance(made, tensors[f"{variant}_{number}"]) < VELOCITY, (variant, number)


@each("dcw")
def test_golden_wavelet_correction(case: Case):
    tensors, facts = case.tensors, case.facts
    cases = [name for name in tensors if name not in ("x_next", "denoised")]
    assert cases
    for name in cases:
        mode, time = name.split("_")
        correction = Correction(mode, facts["scaler"], facts["high_scaler"])  # ty: ignore[invalid-argument-type]
        made = correction.apply(tensors["x_next"], tensors["denoised"], float(time))
        assert distance(made, tensors[name]) < 1e-6, name


@each("repaint", "config_table")
def test_golden_hold_of_each_mode_and_strength(case: Case):
    for mode, strength, steps, frames, seam_s in case.facts["rows"]:
        hold = hold_of(mode, strength)
        assert (hold.steps, hold.ramp, hold.seam_s) == pytest.approx((steps, frames, seam_s))


@each("repaint", "latent_ops")
def test_golden_latents_outside_a_window(case: Case):
    tensors, facts = case.tensors, case.facts
    window, source = tensors["mask"].bool(), tensors["src"]
    keeping = Keeping(window, source, Hold(0.5, facts["crossfade_frames"], 0.0))
    held = keeping.put_back(tensors["x"], tensors["noise"], facts["t_next"])
    assert distance(held, tensors["injected"]) < 1e-6
    assert distance(keeping.blend(tensors["x"]), tensors["blended"]) < 1e-6
    hard = Keeping(window, source, Hold(0.5, 0, 0.0))
    assert distance(hard.blend(tensors["x"]), tensors["blended_0"]) < 1e-6


def test_turbo_was_distilled_for_twenty_times():
    assert len(TURBO_TIMES) == 20
    assert custom_schedule([0.97, 0.5, 0.0], turbo=True).times == pytest.approx((21 / 22, 0.5, 0.0))


@pytest.mark.parametrize("times", [[], [0.0], [1.2, 0.5], [0.5, 0.8], [0.5, 0.5], [0.9, -0.1]])
def test_times_that_do_not_fall_are_refused(times: list[float]):
    with pytest.raises(InvalidRequest, match="timesteps"):
        custom_schedule(times, turbo=False)


@each("dit", "turbo_t2m_shift3")
def test_a_run_stops_between_two_steps(case: Case):
    done: list[int] = []
    watch = Watch(lambda step, total: done.append(step), lambda: len(done) == 3)
    with pytest.raises(Cancelled):
        denoise(case.models.decoder, start_of(case), asked_of(case), sampling_of(case), watch=watch)
    assert done == [1, 2, 3]


@each("dit", "turbo_repaint_balanced")
def test_latents_far_from_the_window_are_the_sources_own(case: Case):
    keeping = keeping_of(case)
    assert keeping
    made = denoise(
        case.models.decoder, start_of(case), asked_of(case), sampling_of(case), keeping=keeping
    )
    inside = keeping.window[0].nonzero().flatten()
    before = int(inside[0]) - keeping.hold.ramp
    assert torch.equal(made[:, :before], keeping.source[:, :before])


@each("repaint", "wave_splice")
def test_golden_waveform_splice(case: Case):
    # Upstream's seam after a window is ours before the end of a window that is longer by it. What
    # is new is limited to -1 dBTP by us; a quieter copy shows the same seams.
    facts, quieter = case.facts, np.float32(0.1)
    made, source, wanted = (
        quieter * case.tensors[name][0].float().numpy() for name in ("pred", "src", "out")
    )
    start, end = (round(facts[name] * 48_000) for name in ("start", "end"))
    seam = round(facts["crossfade"] * 48_000)
    window = Window(start, end + seam)
    patch = Patch(window, made[:, start - seam : window.end])
    spliced = splice(source, [patch], facts["crossfade"], match=False, fade=ramp)
    assert np.abs(spliced - wanted).max() < 1e-6
