"""Makes the small torch files in tests/golden/torch, with torch 2.13 and numpy 2.4 (developers only; the results are in the repository)."""
from collections import OrderedDict
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file

OUT = Path(__file__).parent.parent / "torch"


def nested():
    return {
        "weights": OrderedDict([("a.weight", torch.arange(6, dtype=torch.float32).reshape(2, 3)), ("b", torch.tensor(2.5))]),
        "list": [torch.tensor([1, 2], dtype=torch.int64), 7, "text \u00e9", 2.5, None, True, (1, 2)],
        "size": torch.Size([3, 4]), "dtype": torch.float16, "set": {5}, "negative": -3, "big": 2**40, "huge": 2**70,
        3: torch.ones(1), "numpy": numpy.float64(0.125), "parameter": torch.nn.Parameter(torch.full((2,), 4.0)),
    }


def strided():
    base = torch.arange(24, dtype=torch.float32)
    grid = base.reshape(4, 6)
    return {"transposed": grid.t(), "columns": grid[:, 1:5:2], "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3), "tail": base[20:],
            "permuted": base.reshape(2, 3, 4).permute(2, 0, 1), "scalar": base[7], "empty": torch.zeros(0, 3), "one": grid[1:2, :1].t()}


def dtypes():
    values = torch.tensor([-3.0, -1.0, 0.0, 1.0, 2.0])
    names = ("int8 int16 int32 int64 float16 bfloat16 float32 float64 float8_e4m3fn float8_e5m2").split()
    result = {name: values.to(getattr(torch, name)) for name in names}
    for name in ("uint8", "uint16", "uint32", "uint64", "bool"):
        result[name] = values.abs().to(torch.int32).to(getattr(torch, name))
    return result


def parameter_dict():
    module = torch.nn.ParameterDict()
    module["*"] = torch.nn.Parameter(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    return {"string_to_token": {"*": torch.tensor(265)}, "string_to_param": module, "name": "x"}


torch.save(nested(), OUT / "nested.pt")
torch.save(nested(), OUT / "nested_protocol4.pt", pickle_protocol=4)
torch.save(nested(), OUT / "nested_legacy.pt", _use_new_zipfile_serialization=False)
torch.save(strided(), OUT / "strided.pt")
torch.save(strided(), OUT / "strided_legacy.pt", _use_new_zipfile_serialization=False)
torch.save(dtypes(), OUT / "dtypes.pt")
torch.save(parameter_dict(), OUT / "parameter_dict.pt")
torch.save(torch.nn.Linear(2, 2), OUT / "forbidden_module.pt")
save_file({k: v.contiguous().clone() for k, v in strided().items()}, OUT / "strided.safetensors")
