"""Straight lines of M-LSD tiny (github.com/lhwcv/mlsd_pytorch: models/mbv2_mlsd_tiny.py, utils.py pred_lines), for
tests/golden/imaging/annotate/mlsd.json. Needs torch, numpy, OpenCV or Pillow, and the network of the shared test data.
The model and decoding of mlsd_pytorch itself (its commit 2312205) give the same maps and lines, to the digits kept.

usage: mlsd.py ../shared/testdata/annotator tests/golden/imaging/annotate/mlsd.json
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn


class ConvBNReLU(nn.Sequential):
    def __init__(self, inputs, outputs, kernel=3, stride=1, groups=1):
        self.stride = stride
        padding = 0 if stride == 2 else (kernel - 1) // 2
        super().__init__(nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False),
                         nn.BatchNorm2d(outputs), nn.ReLU6(inplace=True))

    def forward(self, x):
        return super().forward(F.pad(x, (0, 1, 0, 1)) if self.stride == 2 else x)


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, widening):
        super().__init__()
        hidden = inputs * widening
        self.residual = stride == 1 and inputs == outputs
        layers = [ConvBNReLU(inputs, hidden, kernel=1)] if widening != 1 else []
        layers += [ConvBNReLU(hidden, hidden, stride=stride, groups=hidden),
                   nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        features, inputs = [ConvBNReLU(4, 32, stride=2)], 32
        for widening, outputs, count, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)):
            for i in range(count):
                features.append(InvertedResidual(inputs, outputs, stride if i == 0 else 1, widening))
                inputs = outputs
        self.features = nn.Sequential(*features)

    def forward(self, x):
        kept = []
        for i, feature in enumerate(self.features):
            x = feature(x)
            if i in (3, 6, 10):
                kept.append(x)
        return kept


def normed(inputs, outputs, kernel, padding=0, dilation=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, padding=padding, dilation=dilation),
                         nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class BlockA(nn.Module):
    def __init__(self, fine, coarse, fine_out, coarse_out):
        super().__init__()
        self.conv1, self.conv2 = normed(coarse, coarse_out, 1), normed(fine, fine_out, 1)

    def forward(self, a, b):
        b = F.interpolate(self.conv1(b), scale_factor=2.0, mode="bilinear", align_corners=True)
        return torch.cat((self.conv2(a), b), dim=1)


class BlockB(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1, self.conv2 = normed(inputs, inputs, 3, 1), normed(inputs, outputs, 3, 1)

    def forward(self, x):
        return self.conv2(self.conv1(x) + x)


class BlockC(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1, self.conv2 = normed(inputs, inputs, 3, 5, 5), normed(inputs, inputs, 3, 1)
        self.conv3 = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x):
        return self.conv3(self.conv2(self.conv1(x)))


class MlsdTiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = Backbone()
        self.block12, self.block13 = BlockA(32, 64, 64, 64), BlockB(128, 64)
        self.block14, self.block15 = BlockA(24, 64, 32, 32), BlockB(64, 64)
        self.block16 = BlockC(64, 16)

    def forward(self, x):
        c2, c3, c4 = self.backbone(x)
        x = self.block13(self.block12(c3, c4))
        x = self.block15(self.block14(c2, x))
        x = self.block16(x)[:, 7:]
        return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=True)


def pred_lines(pixels, model, score_threshold, distance_threshold):
    height, width, _ = pixels.shape
    batch = np.concatenate([pixels, np.ones([height, width, 1])], axis=-1).transpose((2, 0, 1))[None].astype("float32")
    with torch.no_grad():
        map_ = model(torch.from_numpy(batch / 127.5 - 1.0).float())
    heat = torch.sigmoid(map_[:, 0])
    heat = heat * (F.max_pool2d(heat, 3, stride=1, padding=1) == heat).float()
    scores, indices = torch.topk(heat.reshape(-1), 200)
    shifts = map_[0, 1:5].permute(1, 2, 0).numpy()
    distance = np.sqrt(np.sum((shifts[:, :, :2] - shifts[:, :, 2:]) ** 2, axis=-1))
    lines = []
    for score, index in zip(scores.tolist(), indices.tolist()):
        y, x = divmod(index, heat.shape[-1])
        if score > score_threshold and distance[y, x] > distance_threshold:
            dx0, dy0, dx1, dy1 = shifts[y, x].tolist()
            lines.append([score] + [2 * v for v in (x + dx0, y + dy0, x + dx1, y + dy1)])
    return map_, lines


def main(folder, target):
    model = MlsdTiny()
    model.load_state_dict(torch.load(folder / "mlsd_tiny_512_fp32.pth", map_location="cpu", weights_only=True))
    model.eval()
    picture = Image.open(folder / "mlsd_input.png").convert("RGB")
    cases = []
    for box in ((0, 0, 512, 512), (100, 40, 100 + 384, 40 + 256)):
        pixels = np.asarray(picture.crop(box)).astype("float64")
        map_, lines = pred_lines(pixels, model, 0.1, 20.0)
        sample = map_[0, :, ::16, ::16]
        cases.append({"box": box, "lines": [[round(v, 4) for v in line] for line in lines],
                      "map_every_16th": [round(v, 5) for v in sample.flatten().tolist()],
                      "map_shape": list(sample.shape)})
    target.write_text(json.dumps({"score": 0.1, "distance": 20.0, "cases": cases}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
