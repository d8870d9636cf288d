#!/usr/bin/env python3
"""Makes tests/golden/imaging: small generated pictures and what Pillow and OpenCV make of them.

Needs pillow, numpy, opencv-python-headless and tifffile. Usage: imaging.py [OUTPUT_FOLDER]
Plain PPM/PGM files hold expected pixels, so that tests need no decoder to read them.
"""
import json
import pathlib
import random
import sys

import cv2
import numpy as np
import tifffile
from PIL import Image, ImageFilter, ImageOps

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "imaging")
DECODED = (29, 19)  # size of the pictures in decode/
FILTERS = {"nearest": Image.NEAREST, "area": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC,
           "lanczos": Image.LANCZOS}


def picture(width, height, seed):
    """A gradient with discs, bars and a little noise: smooth parts, sharp edges, saturated colours."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([x * 255 / width, y * 255 / height, 255 - (x + y) * 255 / (width + height)], -1)
    for _ in range(6):
        cx, cy, r = rng.integers(0, width), rng.integers(0, height), rng.integers(3, max(4, height // 4))
        rgb[(x - cx) ** 2 + (y - cy) ** 2 < r * r] = rng.integers(0, 256, 3)
    rgb[:, width // 3 : width // 3 + 2] = (255, 0, 0)
    rgb[height // 2] = (0, 255, 255)
    return np.clip(rgb + rng.normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)


def save_ppm(path, array):
    array = np.ascontiguousarray(array)
    kind = b"P6" if array.ndim == 3 else b"P5"
    path.write_bytes(kind + b"\n%d %d\n255\n" % (array.shape[1], array.shape[0]) + array.tobytes())


def expect(folder, name, rgb, alpha=None):
    save_ppm(folder / f"{name}.ppm", np.asarray(rgb))
    if alpha is not None:
        save_ppm(folder / f"{name}.alpha.pgm", np.asarray(alpha))


def expect_as_pillow(folder, name):
    expect(folder, name, ImageOps.exif_transpose(Image.open(folder / name)).convert("RGB"))


def make_png(folder, rgb, alpha):
    image, grey = Image.fromarray(rgb), Image.fromarray(rgb).convert("L")
    image.save(folder / "rgb.png")
    grey.save(folder / "grey.png")
    grey.point(lambda v: 255 * (v > 127)).convert("1").save(folder / "grey1.png")
    image.quantize(13).save(folder / "palette.png")
    for name in ("rgb.png", "grey.png", "grey1.png", "palette.png"):
        expect_as_pillow(folder, name)
    rgba = np.dstack([rgb, alpha])
    Image.fromarray(rgba).save(folder / "rgba.png")
    expect(folder, "rgba.png", rgb, alpha)
    Image.merge("LA", [grey, Image.fromarray(alpha)]).save(folder / "grey_alpha.png")
    expect(folder, "grey_alpha.png", np.asarray(grey.convert("RGB")), alpha)
    image.quantize(13).save(folder / "palette_transparent.png", transparency=3)
    shown = Image.open(folder / "palette_transparent.png").convert("RGBA")
    expect(folder, "palette_transparent.png", np.asarray(shown)[..., :3], np.asarray(shown)[..., 3])
    key = tuple(int(v) for v in rgb[5, 7])
    image.save(folder / "rgb_key.png", transparency=key)
    expect(folder, "rgb_key.png", rgb, np.where((rgb == key).all(-1), 0, 255).astype(np.uint8))
    wide = rgb.astype(np.uint16) * 257 + np.random.default_rng(3).integers(-128, 128, rgb.shape).clip(-128, 127)
    wide = np.clip(wide, 0, 65535).astype(np.uint16)
    wide_alpha = alpha.astype(np.uint16) * 257
    narrow = np.floor(wide / 257.0 + 0.5).astype(np.uint8)
    cv2.imwrite(str(folder / "rgb16.png"), wide[..., ::-1])
    cv2.imwrite(str(folder / "rgba16.png"), np.dstack([wide[..., ::-1], wide_alpha]))
    cv2.imwrite(str(folder / "grey16.png"), wide[..., 0])
    expect(folder, "rgb16.png", narrow)
    expect(folder, "rgba16.png", narrow, alpha)
    expect(folder, "grey16.png", np.dstack([narrow[..., 0]] * 3))
    tifffile.imwrite(folder / "rgb16.tif", wide, photometric="rgb")
    expect(folder, "rgb16.tif", narrow)
    tifffile.imwrite(folder / "grey16.tif", wide[..., 0], photometric="minisblack")
    expect(folder, "grey16.tif", np.dstack([narrow[..., 0]] * 3))


def make_others(folder, rgb, alpha):
    image = Image.fromarray(rgb)
    image.save(folder / "rgb.jpg", quality=92)
    image.save(folder / "progressive.jpg", quality=85, progressive=True)
    image.convert("L").save(folder / "grey.jpg")
    image.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    image.save(folder / "rgb.webp", quality=80)
    image.save(folder / "lossless.webp", lossless=True)
    image.save(folder / "rgb.bmp")
    image.quantize(13).save(folder / "palette.bmp")
    image.save(folder / "rgb.tif")
    image.save(folder / "lzw.tif", compression="tiff_lzw")
    image.convert("L").save(folder / "grey.tif")
    for name in ("rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "rgb.webp", "lossless.webp", "rgb.bmp",
                 "palette.bmp", "rgb.tif", "lzw.tif", "grey.tif"):
        expect_as_pillow(folder, name)
    rgba = Image.fromarray(np.dstack([rgb, alpha]))
    rgba.save(folder / "rgba.webp", lossless=True, exact=True)
    expect(folder, "rgba.webp", rgb, alpha)
    padded = bytearray(b"BM" + (54 + rgb.shape[0] * rgb.shape[1] * 4).to_bytes(4, "little") + bytes(4)
                       + (54).to_bytes(4, "little") + (40).to_bytes(4, "little")
                       + rgb.shape[1].to_bytes(4, "little") + rgb.shape[0].to_bytes(4, "little")
                       + b"\x01\0\x20\0" + bytes(24))
    padded += np.dstack([rgb[::-1, :, ::-1], np.zeros_like(alpha)]).tobytes()
    (folder / "padded32.bmp").write_bytes(padded)
    expect(folder, "padded32.bmp", rgb)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        image.save(folder / f"orientation{orientation}.jpg", quality=92, exif=exif)
        expect_as_pillow(folder, f"orientation{orientation}.jpg")
        if orientation in (3, 6):
            image.save(folder / f"orientation{orientation}.png", exif=exif)
            image.save(folder / f"orientation{orientation}.webp", lossless=True, exif=exif)
            expect_as_pillow(folder, f"orientation{orientation}.png")
            expect_as_pillow(folder, f"orientation{orientation}.webp")
        tifffile.imwrite(folder / f"orientation{orientation}.tif", rgb, photometric="rgb",
                         extratags=[(274, "H", 1, orientation, True)])
        expect_as_pillow(folder, f"orientation{orientation}.tif")


def bitmap(bits, compression, rows, masks=(), palette=(), top_down=False, header=40):
    """A BMP file of DECODED's size, of rows that are packed already."""
    width, height = DECODED
    rest = b"".join(mask.to_bytes(4, "little") for mask in masks) if header == 40 else b""
    offset = 14 + header + len(rest) + 4 * len(palette)
    info = header.to_bytes(4, "little") + width.to_bytes(4, "little")
    info += (-height if top_down else height).to_bytes(4, "little", signed=True) + (1).to_bytes(2, "little")
    info += bits.to_bytes(2, "little") + compression.to_bytes(4, "little") + bytes(12)
    info += len(palette).to_bytes(4, "little") + bytes(4)
    if header > 40:
        info += b"".join(mask.to_bytes(4, "little") for mask in masks)
        info += bytes(header - len(info))
    colors = b"".join(bytes([b, g, r, 0]) for r, g, b in palette)
    size = offset + len(rows)
    return b"BM" + size.to_bytes(4, "little") + bytes(4) + offset.to_bytes(4, "little") + info + rest + colors + rows


def run_lengths(indices, bits):
    """RLE8 or RLE4 of rows from the top, with runs, single pixels, padding and ends of rows."""
    out = bytearray()
    for row in indices[::-1]:
        x = 0
        while x < len(row):
            run = 1
            while x + run < len(row) and row[x + run] == row[x] and run < 255:
                run += 1
            if run > 2 or len(row) - x < 3:
                out += bytes([run, row[x] if bits == 8 else row[x] * 17])
                x += run
                continue
            part = row[x:x + 5]
            data = bytes(part) if bits == 8 else bytes((a << 4) | b for a, b in zip(part[::2], [*part[1::2], 0]))
            out += bytes([0, len(part)]) + data + bytes(len(data) % 2) if len(part) > 2 else bytes([1, part[0]])
            x += len(part) if len(part) > 2 else 1
        out += b"\0\0"
    return bytes(out) + b"\0\1"


def padded(rows):
    return b"".join(row + bytes(-len(row) % 4) for row in rows)


def make_bitmaps(folder, rgb, alpha):
    """Every kind of BMP; what is expected follows from how each is made."""
    def save(name, data, shown, opacity=None):
        (folder / name).write_bytes(data)
        expect(folder, name, shown, opacity)

    few = Image.fromarray(rgb).quantize(13)
    palette = [tuple(few.getpalette()[3 * i:3 * i + 3]) for i in range(13)]
    indices, shown = np.asarray(few).tolist(), few.convert("RGB")
    for bits, kind in ((8, 1), (4, 2)):
        save(f"runs{bits}.bmp", bitmap(bits, kind, run_lengths(indices, bits), palette=palette), shown)
    nibbles = [bytes((a << 4) | b for a, b in zip(row[::2], [*row[1::2], 0])) for row in indices[::-1]]
    save("palette4.bmp", bitmap(4, 0, padded(nibbles), palette=palette), shown)
    bits = np.asarray(rgb)[..., 0] > 127
    save("palette1.bmp", bitmap(1, 0, padded([np.packbits(row).tobytes() for row in bits[::-1]]),
                                palette=[(9, 60, 200), (250, 240, 3)]),
         np.where(bits[..., None], [250, 240, 3], [9, 60, 200]).astype(np.uint8))
    for name, kind, masks in (("rgb555.bmp", 0, (0x7c00, 0x3e0, 0x1f)), ("rgb565.bmp", 3, (0xf800, 0x7e0, 0x1f))):
        most = [mask >> ((mask & -mask).bit_length() - 1) for mask in masks]
        levels = [rgb[..., c].astype(np.uint32) * most[c] // 255 for c in range(3)]
        values = sum(level * (mask & -mask) for level, mask in zip(levels, masks)).astype("<u2")
        save(name, bitmap(16, kind, padded([row.tobytes() for row in values[::-1]]), masks=masks if kind else ()),
             np.dstack([(level * 255 + m // 2) // m for level, m in zip(levels, most)]).astype(np.uint8))
    save("top_down.bmp", bitmap(24, 0, padded([row.tobytes() for row in rgb[..., ::-1]]), top_down=True), rgb)
    masks = (0xff, 0xff00, 0xff0000, 0xff000000)
    save("rgba.bmp", bitmap(32, 3, np.dstack([rgb, alpha])[::-1].tobytes(), masks=masks, header=108), rgb, alpha)


def make_tiffs(folder, rgb, alpha):
    rgba = np.dstack([rgb, alpha])
    grey = np.asarray(Image.fromarray(rgb).convert("L"))
    tifffile.imwrite(folder / "rgba.tif", rgba, photometric="rgb", extrasamples=["unassalpha"])
    expect(folder, "rgba.tif", rgb, alpha)
    tifffile.imwrite(folder / "grey_alpha.tif", np.dstack([grey, alpha]), photometric="minisblack", planarconfig="contig",
                     extrasamples=["unassalpha"])
    expect(folder, "grey_alpha.tif", np.dstack([grey] * 3), alpha)
    a = alpha.astype(np.uint32)[..., None]
    times = ((rgb * a + 127) // 255).astype(np.uint8)
    tifffile.imwrite(folder / "premultiplied.tif", np.dstack([times, alpha]), photometric="rgb", extrasamples=["assocalpha"])
    back = np.where(a == 0, 0, np.minimum(255, (times.astype(np.uint32) * 255 + a // 2) // np.maximum(a, 1)))
    expect(folder, "premultiplied.tif", back.astype(np.uint8), alpha)
    tifffile.imwrite(folder / "tiles.tif", rgb, photometric="rgb", tile=(16, 16), compression="zlib")
    tifffile.imwrite(folder / "planes.tif", rgb.transpose(2, 0, 1), photometric="rgb", planarconfig="separate")
    Image.fromarray(rgb).save(folder / "deflate.tif", compression="tiff_adobe_deflate")
    for name in ("tiles.tif", "planes.tif", "deflate.tif"):
        expect(folder, name, rgb)
    Image.fromarray(rgb).quantize(13).save(folder / "palette.tif")
    Image.fromarray(grey).point(lambda v: 255 * (v > 127)).convert("1").save(folder / "grey1.tif")
    for name in ("palette.tif", "grey1.tif"):
        expect_as_pillow(folder, name)


def make_refused(folder, rgb):
    Image.fromarray(rgb).convert("CMYK").save(folder / "cmyk.tif")
    tifffile.imwrite(folder / "float.tif", rgb.astype(np.float32) / 255, photometric="rgb")
    frames = [Image.fromarray(rgb), Image.fromarray(255 - rgb)]
    frames[0].save(folder / "animated.webp", save_all=True, append_images=frames[1:])


def make_resize(folder):
    source = Image.fromarray(picture(61, 47, 5))
    source.save(folder / "source.png")
    for name, kind in FILTERS.items():
        for size in ((23, 31), (128, 90), (128, 20), (61, 10), (1, 1)):
            # Rows first, as Pillow did for both passes at once until version 12; 13 chooses the order by size.
            source.resize((size[0], source.height), kind).resize(size, kind).save(folder / f"{name}_{size[0]}x{size[1]}.png")
    mask = source.convert("L")
    mask.save(folder / "mask.png")
    mask.resize((40, 33), Image.BILINEAR).save(folder / "mask_bilinear_40x33.png")


CANNY = {"default": (100, 200, 0, False), "inpaint_preset": (150, 200, 0, False), "l2": (100, 200, 0, True),
         "blurred": (50, 150, 1.4, False), "swapped": (200, 100, 0, False)}


def make_annotate(folder):
    rgb = picture(128, 96, 9)
    Image.fromarray(rgb).save(folder / "source.png")
    for name, (low, high, sigma, l2) in CANNY.items():
        blurred = cv2.GaussianBlur(rgb, (0, 0), sigma) if sigma > 0 else rgb
        edges = cv2.Canny(blurred, low, high, L2gradient=l2)
        Image.fromarray(edges).save(folder / f"canny_{name}.png")
    # lineart_standard of sd-webui-controlnet
    x = rgb.astype(np.float32)
    intensity = np.min(cv2.GaussianBlur(x, (0, 0), 6.0) - x, axis=2).clip(0, 255)
    intensity /= max(16, np.median(intensity[intensity > 8]))
    Image.fromarray((intensity * 127).clip(0, 255).astype(np.uint8)).save(folder / "soft_line_art.png")


def a1111_fill(image, mask):
    """modules/masking.py of stable-diffusion-webui, function fill."""
    image_mod = Image.new("RGBA", image.size)
    image_masked = Image.new("RGBa", image.size)
    image_masked.paste(image.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask.convert("L")))
    for radius, repeats in [(256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1)]:
        blurred = image_masked.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(repeats):
            image_mod.alpha_composite(blurred)
    return image_mod.convert("RGB")


def get_crop_region(box, pad, size):
    """modules/masking.py, get_crop_region_v2 after getbbox."""
    x1, y1, x2, y2 = box
    return max(x1 - pad, 0), max(y1 - pad, 0), min(x2 + pad, size[0]), min(y2 + pad, size[1])


def expand_crop_region(region, work, size):
    """modules/masking.py, expand_crop_region."""
    x1, y1, x2, y2 = region
    if (x2 - x1) / (y2 - y1) > work[0] / work[1]:
        diff = int((x2 - x1) / (work[0] / work[1]) - (y2 - y1))
        y1, y2 = y1 - diff // 2, y2 + diff - diff // 2
        y1, y2 = shift_inside(y1, y2, size[1])
    else:
        diff = int((y2 - y1) * (work[0] / work[1]) - (x2 - x1))
        x1, x2 = x1 - diff // 2, x2 + diff - diff // 2
        x1, x2 = shift_inside(x1, x2, size[0])
    return x1, y1, x2, y2


def shift_inside(a, b, limit):
    if b >= limit:
        a, b = a - (b - limit), limit
    if a < 0:
        a, b = 0, b - a
    return a, min(b, limit)


def make_mask(folder):
    mask = np.zeros((80, 96), np.uint8)
    cv2.circle(mask, (40, 36), 17, 255, -1)
    cv2.rectangle(mask, (70, 50), (90, 79), 160, -1)
    Image.fromarray(mask).save(folder / "mask.png")
    for sigma in (1, 4, 9.5):
        kernel = 2 * int(2.5 * sigma + 0.5) + 1
        rows = cv2.GaussianBlur(mask, (kernel, 1), sigma)
        Image.fromarray(cv2.GaussianBlur(rows, (1, kernel), sigma)).save(folder / f"blur_{sigma}.png")
    source = Image.fromarray(picture(96, 80, 21))
    source.save(folder / "source.png")
    a1111_fill(source, Image.fromarray(mask)).save(folder / "fill.png")
    rng = random.Random(4)
    cases = []
    for _ in range(60):
        size = rng.randint(20, 900), rng.randint(20, 900)
        x1, y1 = rng.randrange(size[0]), rng.randrange(size[1])
        box = x1, y1, rng.randint(x1 + 1, size[0]), rng.randint(y1 + 1, size[1])
        pad, work = rng.choice([0, 8, 32, 200]), (rng.choice([256, 512, 768]), rng.choice([256, 512, 640]))
        area = expand_crop_region(get_crop_region(box, pad, size), work, size)
        cases.append({"size": size, "box": box, "padding": pad, "work": work, "area": area})
    (folder / "areas.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


def main():
    folders = {}
    for name in ("decode", "refused", "resize", "annotate", "mask"):
        folders[name] = OUT / name
        folders[name].mkdir(parents=True, exist_ok=True)
    width, height = DECODED
    rgb = picture(width, height, 1)
    alpha = (np.mgrid[0:height, 0:width][1] * 255 // (width - 1)).astype(np.uint8)
    make_png(folders["decode"], rgb, alpha)
    make_others(folders["decode"], rgb, alpha)
    make_bitmaps(folders["decode"], rgb, alpha)
    make_tiffs(folders["decode"], rgb, alpha)
    make_refused(folders["refused"], rgb)
    make_resize(folders["resize"])
    make_annotate(folders["annotate"])
    make_mask(folders["mask"])


if __name__ == "__main__":
    main()
