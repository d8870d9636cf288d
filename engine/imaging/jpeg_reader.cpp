#include "imaging/jpeg_reader.h"

#include <csetjmp>
#include <cstdio>
// clang-format off: jpeglib.h needs FILE and size_t first
#include <jerror.h>
#include <jpeglib.h>
// clang-format on

#include <new>

#include "core/execution_context.h"
#include "imaging/picture_header.h"
#include "imaging/tiff_directory.h"

namespace lorikeet {
namespace {

constexpr int kMaxScans = 500;  // a real progressive file has about ten; more is an attack on time

/// libjpeg's callbacks jump back to the caller; the functions that call setjmp hold no objects with destructors.
struct ErrorState {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX] = {};
  bool truncated = false;
};

struct JpegDecoder {
  jpeg_decompress_struct info;
  jpeg_progress_mgr progress;
  ErrorState error;
  const std::stop_token* stop = nullptr;
  bool stopped = false;
};

[[noreturn]] void fail(jpeg_common_struct* info) {
  auto* state = reinterpret_cast<ErrorState*>(info->err);
  info->err->format_message(info, state->message);
  std::longjmp(state->jump, 1);
}

/// Warnings that mean missing or undecodable picture data end the decoding; others (stray bytes between markers) not.
void onMessage(jpeg_common_struct* info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  auto* state = reinterpret_cast<ErrorState*>(info->err);
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER) state->truncated = true;
  if (state->truncated || code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC) fail(info);
}

/// Called for every row of blocks, also while the scans of a progressive file are read.
void onProgress(jpeg_common_struct* info) {
  if (!info->is_decompressor) return;
  auto* decoder = reinterpret_cast<JpegDecoder*>(info);  // which it is the first member of
  decoder->stopped = decoder->stop != nullptr && decoder->stop->stop_requested();
  if (decoder->stopped || decoder->info.input_scan_number > kMaxScans) ERREXIT(&decoder->info, JERR_BAD_PROGRESSION);
}

void start(JpegDecoder& d, Bytes bytes) {
  d.info.err = jpeg_std_error(&d.error.manager);
  d.error.manager.error_exit = fail;
  d.error.manager.emit_message = onMessage;
  d.error.manager.output_message = [](jpeg_common_struct*) {};
  jpeg_create_decompress(&d.info);
  d.progress.progress_monitor = onProgress;
  d.info.progress = &d.progress;
  jpeg_mem_src(&d.info, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_save_markers(&d.info, JPEG_APP0 + 1, 0xffff);
}

[[noreturn]] void throwJpegError(const JpegDecoder& d, const std::string& name) {
  if (d.stopped) throw Stopped();
  if (d.error.truncated) throwTruncated(name, "part of the JPEG data is missing");
  std::string message = d.error.message;
  while (!message.empty() && message.back() == '.') message.pop_back();
  throwBroken(name, "the JPEG decoder says \"" + message + "\"");
}

bool readHeader(JpegDecoder& d, Bytes bytes) {
  if (setjmp(d.error.jump) != 0) return false;
  start(d, bytes);
  jpeg_read_header(&d.info, TRUE);
  return true;
}

bool startDecoding(JpegDecoder& d) {
  if (setjmp(d.error.jump) != 0) return false;
  const bool fourChannels = d.info.num_components == 4;
  d.info.out_color_space = fourChannels ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&d.info);
  return true;
}

/// CMYK as Adobe writes it, inverted: 255 means no ink.
void cmykRowToRgb(const uint8_t* cmyk, uint8_t* rgb, int width) {
  for (int x = 0; x < width; ++x) {
    const int black = cmyk[4 * x + 3];
    for (int c = 0; c < 3; ++c) rgb[3 * x + c] = static_cast<uint8_t>((cmyk[4 * x + c] * black + 127) / 255);
  }
}

bool readRows(JpegDecoder& d, uint8_t* pixels, uint8_t* cmykRow) {
  if (setjmp(d.error.jump) != 0) return false;
  const size_t rowBytes = size_t{d.info.output_width} * 3;
  while (d.info.output_scanline < d.info.output_height) {
    uint8_t* target = pixels + rowBytes * d.info.output_scanline;
    JSAMPROW row = cmykRow != nullptr ? cmykRow : target;
    jpeg_read_scanlines(&d.info, &row, 1);
    if (cmykRow != nullptr) cmykRowToRgb(cmykRow, target, static_cast<int>(d.info.output_width));
  }
  jpeg_finish_decompress(&d.info);
  return true;
}

int orientation(const JpegDecoder& d) {
  for (const auto* marker = d.info.marker_list; marker != nullptr; marker = marker->next) {
    const Bytes data(marker->data, marker->data_length);
    if (hasTextAt(data, 0, std::string_view("Exif\0\0", 6))) return exifOrientation(data);
  }
  return 1;
}

/// Frees libjpeg's memory whatever happens.
class JpegDecoderOwner {
 public:
  JpegDecoderOwner() = default;
  ~JpegDecoderOwner() { jpeg_destroy_decompress(&decoder_.info); }
  JpegDecoderOwner(const JpegDecoderOwner&) = delete;
  JpegDecoderOwner& operator=(const JpegDecoderOwner&) = delete;
  JpegDecoder& operator*() { return decoder_; }

 private:
  JpegDecoder decoder_{};
};

}  // namespace

PictureInfo JpegReader::readInfo(Bytes bytes, const std::string& name) {
  JpegDecoderOwner owner;
  JpegDecoder& d = *owner;
  if (!readHeader(d, bytes)) throwJpegError(d, name);
  PictureInfo info;
  info.format = PictureFormat::Jpeg;
  info.width = static_cast<int>(d.info.image_width);
  info.height = static_cast<int>(d.info.image_height);
  info.bitsPerChannel = d.info.data_precision;
  info.orientation = orientation(d);
  return info;
}

Image JpegReader::decode(Bytes bytes, const std::string& name, const std::stop_token& stop) {
  JpegDecoderOwner owner;
  JpegDecoder& d = *owner;
  d.stop = &stop;
  if (!readHeader(d, bytes) || !startDecoding(d)) throwJpegError(d, name);
  Image image = Image::create(static_cast<int>(d.info.output_width), static_cast<int>(d.info.output_height));
  const bool cmyk = d.info.out_color_space == JCS_CMYK;
  std::vector<uint8_t> cmykRow(cmyk ? size_t{d.info.output_width} * 4 : 0);
  if (!readRows(d, image.pixels.data(), cmyk ? cmykRow.data() : nullptr)) throwJpegError(d, name);
  return image;
}

}  // namespace lorikeet
