"""Sampling trajectories of diffusers' schedulers with a fixed analytic model, for tests/engine/schedulers.

Developers only: needs torch, diffusers, scipy and torchsde (versions: see the "made_with" entry of the result).
Usage: trajectories.py    writes ../schedulers/trajectories.{json,safetensors}

The model sees the scaled input u and the timestep t and answers u * 0.3 cos(t / 500) + 0.2 sin(t / 300) * pattern,
pattern[i] = (7 i mod 13 - 6) / 6, coefficients computed in double and rounded to f32. Latents are [1, 4, 4, 4].
"""
import inspect
import json
import math
from pathlib import Path

import diffusers
import torch
from safetensors.torch import save_file

torch.set_grad_enabled(False)
torch.set_num_threads(1)
OUT = Path(__file__).resolve().parent.parent / "schedulers"
SHAPE = (1, 4, 4, 4)
SD = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)
SEED = 42


def pattern():
    i = torch.arange(math.prod(SHAPE))
    return (((i * 7) % 13 - 6) / 6.0).float().reshape(SHAPE)


def model(u, t):
    t = float(t)
    a, b = 0.3 * math.cos(t / 500), 0.2 * math.sin(t / 300)
    return u * torch.tensor(a, dtype=torch.float32) + pattern() * torch.tensor(b, dtype=torch.float32)


def resolved(scheduler):
    config = {"_class_name": type(scheduler).__name__}
    for key, value in dict(scheduler.config).items():
        if key.startswith("_") or (isinstance(value, float) and math.isinf(value)):
            continue
        config[key] = value
    return config


def run(case, tensors):
    """Runs one case; returns its entry for the index, with the configuration as diffusers resolved it."""
    cls = getattr(diffusers, case["class"])
    accepted = set(inspect.signature(cls.__init__).parameters)
    wanted = {**SD, **case.get("config", {})}
    if case["class"] == "DPMSolverSDEScheduler":
        wanted["noise_sampler_seed"] = SEED
    scheduler = cls(**{k: v for k, v in wanted.items() if k in accepted})
    scheduler.set_timesteps(case["steps"], **case.get("set_timesteps", {}))
    first = case.get("first_call", 0)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(first)
    generator = torch.Generator().manual_seed(SEED)
    noise = torch.randn(SHAPE, generator=generator)
    timesteps = scheduler.timesteps[first:]
    if first:
        x = scheduler.add_noise(pattern(), noise, timesteps[:1])
    else:
        x = noise * scheduler.init_noise_sigma
    name = case["name"]
    tensors[f"{name}.initial"] = x.float().contiguous()
    accepted = set(inspect.signature(scheduler.step).parameters)
    extra = {k: v for k, v in dict(generator=generator, **case.get("step", {})).items() if k in accepted}
    for i, t in enumerate(timesteps):
        prediction = model(scheduler.scale_model_input(x, t), t)
        x = scheduler.step(prediction, t, x, **extra).prev_sample
        tensors[f"{name}.after.{i:02d}"] = x.float().contiguous()
    tensors[f"{name}.timesteps"] = scheduler.timesteps.double()
    return {k: v for k, v in case.items() if k != "config"} | {"config": resolved(scheduler)}


def case(name, sampler, cls, config=None, steps=7, **more):
    return {"name": name, "sampler": sampler, "class": cls, "steps": steps, "config": config or {}, **more}


def variations(sampler, cls, base=None, predictions=("epsilon", "v_prediction"), shapes=("karras", "exponential"),
               first_call=3, zero_snr=False, **more):
    """The plain case and one for every setting on its own."""
    def one(suffix, config=None, **other):
        return case(sampler + suffix, sampler, cls, {**(base or {}), **(config or {})}, **{**more, **other})

    yield one("")
    for p in predictions[1:]:
        yield one(f"_{p}", dict(prediction_type=p))
    for s in ("leading", "linspace", "trailing"):
        yield one(f"_{s}", dict(timestep_spacing=s))
    for s in shapes:
        yield one(f"_{s}", {f"use_{s}_sigmas": True})
    if first_call:
        yield one("_from_picture", first_call=first_call)
    if zero_snr:
        yield one("_zero_snr", dict(prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True))
    yield one("_one_step", steps=1)
    yield one("_20_steps", steps=20)


ALL = ("epsilon", "v_prediction", "sample")


def ddim_cases():
    sd = dict(clip_sample=False, set_alpha_to_one=False)
    yield from variations("ddim", "DDIMScheduler", sd, ALL, shapes=(), zero_snr=True)
    for eta in (0.5, 1.0):
        yield case(f"ddim_eta{eta}", "ddim", "DDIMScheduler", sd, step=dict(eta=eta))
    yield case("ddim_clip", "ddim", "DDIMScheduler", dict(clip_sample=True))
    yield case("ddim_thresholding", "ddim", "DDIMScheduler",
               {**sd, "thresholding": True, "dynamic_thresholding_ratio": 0.9, "sample_max_value": 1.5})
    yield case("ddim_cosine_betas", "ddim", "DDIMScheduler", {**sd, "beta_schedule": "squaredcos_cap_v2"})
    yield case("ddim_trained_betas", "ddim", "DDIMScheduler",
               {**sd, "trained_betas": [0.001 + 0.00002 * i for i in range(200)], "num_train_timesteps": 200})


def cases():
    yield from ddim_cases()
    yield from variations("pndm", "PNDMScheduler", dict(set_alpha_to_one=False, skip_prk_steps=True), shapes=())
    yield case("pndm_runge_kutta", "pndm", "PNDMScheduler", dict(skip_prk_steps=False), steps=9)
    yield from variations("lms", "LMSDiscreteScheduler")
    yield from variations("euler", "EulerDiscreteScheduler", zero_snr=True)
    yield case("euler_sigma_min", "euler", "EulerDiscreteScheduler", dict(final_sigmas_type="sigma_min"))
    yield from variations("euler_a", "EulerAncestralDiscreteScheduler", shapes=(), zero_snr=True)
    yield from variations("heun", "HeunDiscreteScheduler", None, ALL, first_call=6)
    yield case("heun_clip", "heun", "HeunDiscreteScheduler", dict(clip_sample=True))
    dpm = "DPMSolverMultistepScheduler"
    yield from variations("dpmpp_2m", dpm, dict(solver_order=2), ALL, zero_snr=True)
    yield case("dpmpp_2m_heun", "dpmpp_2m", dpm, dict(solver_type="heun"))
    yield case("dpmpp_2m_sigma_min", "dpmpp_2m", dpm, dict(final_sigmas_type="sigma_min", lower_order_final=False))
    yield case("dpmpp_2m_euler_at_final", "dpmpp_2m", dpm, dict(final_sigmas_type="sigma_min", euler_at_final=True), steps=16)
    unipc = "UniPCMultistepScheduler"
    yield from variations("unipc", unipc, None, ALL, zero_snr=True)
    for order in (1, 3):
        for solver in ("bh1", "bh2"):
            # With bh1 a final sigma of zero gives diffusers not-a-number.
            yield case(f"unipc_{solver}_order{order}", "unipc", unipc,
                       dict(solver_order=order, solver_type=solver, final_sigmas_type="sigma_min"))


def more_cases():
    yield from variations("dpm2", "KDPM2DiscreteScheduler", first_call=6)
    yield from variations("dpm2_a", "KDPM2AncestralDiscreteScheduler", first_call=6)
    single = "DPMSolverSinglestepScheduler"
    yield case("dpmpp_2s", "dpmpp_2s", single)
    yield case("dpmpp_2s_even", "dpmpp_2s", single, steps=8)
    yield case("dpmpp_2s_one_step", "dpmpp_2s", single, steps=1)
    yield case("dpmpp_2s_v_prediction", "dpmpp_2s", single, dict(prediction_type="v_prediction", use_karras_sigmas=True))
    yield case("dpmpp_2s_heun_sigma_min", "dpmpp_2s", single, dict(solver_type="heun", final_sigmas_type="sigma_min"), steps=8)
    dpm = "DPMSolverMultistepScheduler"
    sde = dict(algorithm_type="sde-dpmsolver++", solver_order=2)
    yield from variations("dpmpp_2m_sde", dpm, sde, ALL, zero_snr=True)
    yield case("dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun", dpm, {**sde, "solver_type": "heun"})
    yield from variations("deis", "DEISMultistepScheduler", None, ALL)
    for name, cls in (("lcm", "LCMScheduler"), ("tcd", "TCDScheduler")):
        for p in ALL:
            yield case(f"{name}_{p}", name, cls, dict(prediction_type=p))
        yield case(f"{name}_one_step", name, cls, steps=1)
        yield case(f"{name}_from_picture", name, cls, first_call=3)
    for eta in (0.0, 0.3, 1.0):
        yield case(f"tcd_eta{eta}", "tcd", "TCDScheduler", step=dict(eta=eta))
    yield from variations("ddpm", "DDPMScheduler", dict(clip_sample=False), ALL, shapes=(), zero_snr=True)
    yield case("ddpm_clip", "ddpm", "DDPMScheduler")


def main():
    tensors, index = {}, []
    for entry in (*cases(), *more_cases()):
        index.append(run(entry, tensors))
    versions = {m.__name__: m.__version__ for m in (torch, diffusers)}
    OUT.mkdir(parents=True, exist_ok=True)
    save_file(tensors, str(OUT / "trajectories.safetensors"))
    lines = ",\n".join(json.dumps(c) for c in index)
    (OUT / "trajectories.json").write_text(f'{{"made_with": {json.dumps(versions)}, "seed": {SEED}, "cases": [\n{lines}\n]}}\n')
    print(len(index), "cases")


if __name__ == "__main__":
    main()
