"""Sampling trajectories of k-diffusion's and the web UIs' samplers and schedules with a fixed analytic model, for
tests/engine/schedulers.

Developers only: needs torch, scipy, torchsde and k-diffusion 0.1.1 (its sampling.py alone is loaded). Restart, IPNDM,
HeunPP2 and the schedules are written down here from their published definitions.
Usage: k_diffusion.py    writes ../schedulers/k_diffusion.{json,safetensors}

The model is that of trajectories.py. Every model call is recorded: the latents before it and its timestep. What draws
from the generator runs in f64 with f32 draws; what draws from a Brownian tree runs in f32 like the original, but with
roots, logarithms and exponentials rounded correctly and linspace element by element: the last bits of torch's depend on
the processor and the build, and the tree, which tells times apart that differ by 1e-6, then gives noise that differs by
1e-3 (4e-4 of the latents, measured with torch 2.13 on a Zen 3).
"""
import importlib.metadata
import importlib.util
import json
import math
import sys
import types
from pathlib import Path

import numpy as np
import torch
import torchsde
from safetensors.torch import save_file
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parent))
from trajectories import OUT, SEED, SHAPE, pattern  # noqa: E402

torch.set_grad_enabled(False)
torch.set_num_threads(1)


def rounded(function):
    return lambda x: function(x.double()).to(x.dtype)


for name in ("log", "exp", "expm1", "sqrt"):
    setattr(torch.Tensor, name, rounded(getattr(torch, name)))


def linspace(start, end, count):
    start, end = torch.tensor(start), torch.tensor(end)
    step = (end - start) / (count - 1)
    return torch.stack([start + step * i if i < count // 2 else end - step * (count - i - 1) for i in range(count)])


BETAS = linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
ALPHAS = torch.cumprod(1 - BETAS, 0)
SIGMAS = ((1 - ALPHAS) / ALPHAS).sqrt()
LOG_SIGMAS = SIGMAS.log().double().numpy()
LOW, HIGH = SIGMAS[0].item(), SIGMAS[-1].item()


def load_sampling():
    folder = next(f for f in importlib.metadata.files("k-diffusion") if str(f).endswith("k_diffusion/sampling.py"))
    package = types.ModuleType("k_diffusion")
    package.__path__ = []
    package.utils = types.ModuleType("k_diffusion.utils")
    package.utils.append_dims = lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)]
    ode = types.ModuleType("torchdiffeq")
    ode.odeint = None
    sys.modules.update({"k_diffusion": package, "k_diffusion.utils": package.utils, "torchdiffeq": ode})
    spec = importlib.util.spec_from_file_location("k_diffusion.sampling", folder.locate())
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


K = load_sampling()


def sigma_to_t(sigma):
    return float(np.interp(math.log(sigma), LOG_SIGMAS, np.arange(1000)))


def t_to_sigma(t):
    return float(np.exp(np.interp(t, np.arange(1000), LOG_SIGMAS)))


# Schedules ------------------------------------------------------------------------------------------------------------

def sgm_uniform(n):
    return [t_to_sigma(t) for t in np.linspace(999, 0, n + 1)[:-1]] + [0]


def normal(n):
    return [t_to_sigma(t) for t in np.linspace(999, 0, n)] + [0]


def simple(n):
    return [SIGMAS[-(1 + int(i * (1000 / n)))].item() for i in range(n)] + [0]


def ddim_uniform(n):
    return [SIGMAS[i].item() for i in range(1, 1000, max(1000 // n, 1))][::-1] + [0]


def kl_optimal(n):
    low, high = math.atan(LOW), math.atan(HIGH)
    return [math.tan(i / n * low + (1 - i / n) * high) for i in range(n + 1)]


def align_your_steps(n):
    levels = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029]
    if n == len(levels):
        return levels + [0]
    places = np.linspace(0, 1, n)
    return np.exp(np.interp(places, np.linspace(0, 1, len(levels)), np.log(levels))).tolist() + [0]


def beta(n):
    return [LOW + stats.beta.ppf(p, 0.6, 0.6) * (HIGH - LOW) for p in 1 - np.linspace(0, 1, n)] + [0]


def turbo(n):
    t = (torch.flip(torch.arange(1, n + 1) * float(1000.0 / n) - 1, (0,))).round().long().clip(0, 999)
    return SIGMAS[t].tolist() + [0]


def uniform(n):  # diffusers' EulerDiscreteScheduler
    return np.interp(np.linspace(0, 999, n)[::-1], np.arange(1000), SIGMAS.numpy()).tolist() + [0]


def karras(n, rho=7.0, low=LOW, high=HIGH):
    return ((high ** (1 / rho) + np.linspace(0, 1, n) * (low ** (1 / rho) - high ** (1 / rho))) ** rho).tolist() + [0]


def polyexponential(n, rho=1.0):
    return np.exp(np.linspace(1, 0, n) ** rho * (math.log(HIGH) - math.log(LOW)) + math.log(LOW)).tolist() + [0]


# In f64 (k-diffusion's own are f32): Brownian noise tells levels apart that differ by 1e-6.
SCHEDULES = {
    "uniform": uniform,
    "karras": karras, "exponential": polyexponential, "polyexponential": polyexponential,
    "sgm_uniform": sgm_uniform, "normal": normal, "simple": simple, "ddim_uniform": ddim_uniform,
    "kl_optimal": kl_optimal, "align_your_steps": align_your_steps, "beta": beta, "turbo": turbo,
}


# Samplers that k-diffusion does not have ------------------------------------------------------------------------------

def ipndm(model, x, sigmas):
    weights = {1: [1], 2: [3 / 2, -1 / 2], 3: [23 / 12, -16 / 12, 5 / 12], 4: [55 / 24, -59 / 24, 37 / 24, -9 / 24]}
    slopes = []
    for s, n in zip(sigmas[:-1], sigmas[1:]):
        d = (x - model(x, s * torch.ones(1))) / s
        slopes = [d] + slopes[:3]
        x = x - s * d if n == 0 else x + (n - s) * sum(w * d for w, d in zip(weights[len(slopes)], slopes))
    return x


def heunpp2(model, x, sigmas, s_churn=0.0, s_tmin=0.0, s_tmax=math.inf, s_noise=1.0):
    def slope(x, s):
        return (x - model(x, s * torch.ones(1))) / s

    last = len(sigmas) - 1
    for i in range(last):
        s = sigmas[i]
        if s_churn > 0:
            eps = K.torch.randn_like(x) * s_noise
            gamma = min(s_churn / last, 2**0.5 - 1) if s_tmin <= s <= s_tmax else 0
            x = x + eps * ((s * (1 + gamma)) ** 2 - s**2) ** 0.5
            s = s * (1 + gamma)
        d = [slope(x, s)]
        at = x + (sigmas[i + 1] - s) * d[0]
        for k in range(1, min(3, last - i)):
            d.append(slope(at, sigmas[i + k]))
            if i + k + 1 <= last:
                at = at + (sigmas[i + k + 1] - sigmas[i + k]) * d[-1]
        w = [sigmas[i + k] / (len(d) * sigmas[0]) for k in range(1, len(d))]
        w = [1 - sum(w)] + w
        x = x + (sigmas[i + 1] - s) * sum(a * b for a, b in zip(w, d))
    return x


def restart(model, x, sigmas, s_noise=1.0):
    steps = len(sigmas) - 1
    again, times, levels = [], 0, sigmas
    if steps >= 20:
        times = 1 if steps < 36 else 2
        width = 9 if steps < 36 else steps // 4
        levels = torch.tensor(karras(steps - width * times, 7, sigmas[-2].item(), sigmas[0].item()), dtype=x.dtype)
        low, high = (int(torch.argmin((levels - v).abs())) for v in (0.1, 2))
        again = torch.tensor(karras(width + 1, 7, levels[low].item(), levels[high].item())[:-1], dtype=x.dtype)
    legs = []
    for i in range(len(levels) - 1):
        legs.append((levels[i], levels[i + 1]))
        if times and i + 1 == low and high < low:
            legs += list(zip(again[:-1], again[1:])) * times
    before = legs[0][0]
    for s, n in legs:
        if before < s:
            x = x + K.torch.randn_like(x) * s_noise * (s**2 - before**2) ** 0.5
        d = (x - model(x, s * torch.ones(1))) / s
        end = x + (n - s) * d
        if n > 0:
            end = x + (n - s) * (d + (end - model(end, n * torch.ones(1))) / n) / 2
        x, before = end, n
    return x


# Runs -----------------------------------------------------------------------------------------------------------------

class Model:
    """The analytic model as a denoiser; remembers its calls. A repeated call is answered from memory."""

    def __init__(self, table):
        self.table = table
        self.calls = []

    def __call__(self, x, sigma):
        s = float(sigma.reshape(-1)[0])
        if self.calls and any(s == c[1] and torch.equal(x, c[0]) for c in self.calls):
            return next(c[3] for c in self.calls if s == c[1] and torch.equal(x, c[0]))
        t = self.table.get(s, None)
        t = sigma_to_t(s) if t is None else t
        u = x / (s * s + 1) ** 0.5
        a, b = np.float32(0.3 * math.cos(t / 500)), np.float32(0.2 * math.sin(t / 300))
        denoised = x - s * (u * float(a) + pattern().to(x) * float(b))
        self.calls.append((x.clone(), s, t, denoised))
        return denoised


class Draws:
    """Stands for torch inside k-diffusion: its randn_like follows the run's generator."""

    def __init__(self, generator):
        self.generator = generator

    def __getattr__(self, name):
        return getattr(torch, name)

    def randn_like(self, x):
        return torch.randn(SHAPE, generator=self.generator).to(x)


def tree_noise(sigmas):
    low, high = sigmas[sigmas > 0].min().item(), sigmas.max().item()
    tree = torchsde.BrownianInterval(t0=low, t1=high, size=SHAPE, dtype=torch.float32, device="cpu", entropy=SEED,
                                     tol=1e-6, pool_size=24, halfway_tree=True)

    def noise(a, b):
        a, b = torch.as_tensor(a), torch.as_tensor(b)
        sign = 1 if a < b else -1
        return sign * tree(min(a, b), max(a, b)) / (b - a).abs().sqrt()
    return noise


def run(case, tensors):
    steps, brownian = case["steps"], case.get("brownian", False)
    kind = torch.float32 if brownian else torch.float64
    wanted = steps + 1 if case["sampler"] == "dpmpp_3m_sde" else steps
    rho = {"rho": case["rho"]} if "rho" in case else {}
    table = torch.tensor(SCHEDULES[case["schedule"]](wanted, **rho), dtype=torch.float32)
    if case["sampler"] == "dpmpp_3m_sde":
        table = torch.cat([table[:-2], table[-1:]])
    known = {}
    if case["schedule"] == "uniform":
        known = {float(s): float(t) for s, t in zip(table[:-1], np.linspace(999, 0, wanted))}
    generator = torch.Generator().manual_seed(SEED)
    K.torch = Draws(generator)
    model = Model(known)
    noise = torch.randn(SHAPE, generator=generator)
    whole = table
    skipped = steps - int(steps * case.get("strength", 1.0))
    table = table[skipped:]
    solver = case["sampler"] in ("dpm_fast", "dpm_adaptive")
    high = HIGH if solver and not skipped else table[0].item()
    x = (noise * torch.tensor(high)).to(kind) if not skipped else (pattern() + noise * torch.tensor(high)).to(kind)
    options = dict(case.get("options", {}))
    function = {"ipndm": ipndm, "heunpp2": heunpp2, "restart": restart}.get(case["sampler"])
    function = function or getattr(K, "sample_" + case["function"])
    if brownian:
        options["noise_sampler"] = tree_noise(whole)
    if case["function"]:
        options["disable"] = True
    if solver:
        low = LOW if not skipped else table[table > 0].min().item()
        args = [torch.tensor(low, dtype=kind), torch.tensor(high, dtype=kind)] + ([len(table) - 1] if case["sampler"] == "dpm_fast" else [])
        x = function(model, x, *args, **options)
    else:
        x = function(model, x, table.to(kind), **options)
    name = case["name"]
    for i, (at, _, _, _) in enumerate(model.calls):
        tensors[f"{name}.call.{i:03d}"] = at.float()
    tensors[f"{name}.final"] = x.float()
    tensors[f"{name}.timesteps"] = torch.tensor([c[2] for c in model.calls])
    return case


def case(name, sampler, function, schedule="karras", steps=7, **more):
    return {"name": name, "sampler": sampler, "function": function, "schedule": schedule, "steps": steps, **more}


def cases():
    eta = dict(eta=0.5, s_noise=0.9)
    for sampler, function, brownian in (
            ("dpmpp_sde", "dpmpp_sde", True), ("dpmpp_2m_sde", "dpmpp_2m_sde", True), ("dpmpp_3m_sde", "dpmpp_3m_sde", True),
            ("dpmpp_2s_a", "dpmpp_2s_ancestral", False), ("ipndm", "", False), ("heunpp2", "", False)):
        yield case(sampler, sampler, function, brownian=brownian)
        yield case(sampler + "_uniform", sampler, function, "uniform", brownian=brownian)
        yield case(sampler + "_kl_optimal", sampler, function, "kl_optimal", 5, brownian=brownian)
        if sampler not in ("dpmpp_2m_sde", "dpmpp_3m_sde"):  # k-diffusion stumbles over it
            yield case(sampler + "_one_step", sampler, function, "normal", 1, brownian=brownian)
        yield case(sampler + "_from_picture", sampler, function, "exponential", 8, brownian=brownian, strength=0.5)
        if function:
            yield case(sampler + "_eta", sampler, function, options=eta, brownian=brownian)
            yield case(sampler + "_no_noise", sampler, function, options=dict(eta=0.0), brownian=brownian)
    yield case("dpmpp_sde_uniform_20", "dpmpp_sde", "dpmpp_sde", "uniform", 20, brownian=True)
    yield case("dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun", "dpmpp_2m_sde", brownian=True, options=dict(solver_type="heun"))
    for n in (19, 20, 37):
        yield case(f"restart_{n}", "restart", "", steps=n)
    yield case("restart_uniform", "restart", "", "uniform", 24, options=dict(s_noise=0.8))
    yield case("restart_from_picture", "restart", "", "karras", 40, strength=0.6)
    for n in (1, 2, 3, 7, 9):
        yield case(f"dpm_fast_{n}", "dpm_fast", "dpm_fast", "uniform", n, options=dict(eta=1.0))
    yield case("dpm_fast_no_noise", "dpm_fast", "dpm_fast", steps=8, options=dict(eta=0.0))
    yield case("dpm_fast_from_picture", "dpm_fast", "dpm_fast", steps=9, strength=0.6, options=dict(eta=1.0))
    yield case("dpm_adaptive", "dpm_adaptive", "dpm_adaptive", options=dict(eta=1.0))
    yield case("dpm_adaptive_no_noise", "dpm_adaptive", "dpm_adaptive", options=dict(eta=0.0))
    yield case("dpm_adaptive_from_picture", "dpm_adaptive", "dpm_adaptive", strength=0.5, options=dict(eta=0.0))
    churn = dict(s_churn=3.0, s_tmin=0.1, s_tmax=8.0, s_noise=1.02)
    yield case("euler_churn", "euler", "euler", options=churn)
    yield case("heun_churn", "heun", "heun", "exponential", options=churn)
    yield case("dpm2_churn", "dpm2", "dpm_2", "exponential", options=churn)
    yield case("heunpp2_churn", "heunpp2", "", options=churn)
    yield case("euler_a_eta", "euler_a", "euler_ancestral", options=eta)
    yield case("dpm2_a_eta", "dpm2_a", "dpm_2_ancestral", "exponential", options=eta)
    yield case("euler_karras_rho5", "euler", "euler", rho=5.0)


def schedule_tables():
    tables = {name: {str(n): make(n) for n in (1, 2, 3, 7, 11, 20)} for name, make in SCHEDULES.items()}
    tables["align_your_steps"].pop("1")  # see web_ui_schedules.cpp
    tables["uniform"].pop("1")
    tables["polyexponential_rho2"] = {str(n): SCHEDULES["polyexponential"](n, 2.0) for n in (2, 7)}
    tables["karras_rho3"] = {str(n): SCHEDULES["karras"](n, 3.0) for n in (2, 7)}
    return {name: {n: [float(f"{v:.9g}") for v in values] for n, values in t.items()} for name, t in tables.items()}


def brownian(tensors):
    tree = torchsde.BrownianInterval(t0=0.03, t1=14.6, size=(5,), dtype=torch.float32, device="cpu", entropy=2**33 + 7,
                                     tol=1e-6, pool_size=24, halfway_tree=True)
    asked = [[0.03, 14.6], [0.03, 7.315], [1.0, 2.0], [0.5, 0.500001], [13.9999, 14.6]]
    for i, (a, b) in enumerate(asked):
        tensors[f"brownian.{i}"] = tree(a, b)
    return asked


def main():
    tensors = {}
    index = [run(c, tensors) for c in cases()]
    result = {"made_with": {m.__name__: m.__version__ for m in (torch, torchsde)}, "seed": SEED,
              "seed_sequence": np.random.SeedSequence(2**40 + 7, spawn_key=(5, 3), pool_size=24).generate_state(4).tolist(),
              "brownian": brownian(tensors), "schedules": schedule_tables(), "cases": index}
    result["made_with"]["k-diffusion"] = importlib.metadata.version("k-diffusion")
    save_file({k: v.contiguous() for k, v in tensors.items()}, str(OUT / "k_diffusion.safetensors"))
    (OUT / "k_diffusion.json").write_text(json.dumps(result).replace('{"name"', '\n{"name"'))
    print(len(index), "cases", sum(v.numel() for v in tensors.values()) * 4, "bytes")


if __name__ == "__main__":
    main()
