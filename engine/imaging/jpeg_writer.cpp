#include "imaging/jpeg_writer.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
// clang-format off: jpeglib.h needs FILE and size_t first
#include <jpeglib.h>
// clang-format on

namespace lorikeet {
namespace {

/// libjpeg's callbacks jump back to the caller; the function that calls setjmp holds no objects with destructors.
struct Encoder {
  jpeg_compress_struct info;
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  unsigned char* data = nullptr;
  unsigned long size = 0;

  ~Encoder() {
    jpeg_destroy_compress(&info);
    std::free(data);
  }
};

bool encode(Encoder& e, const Image& image, int quality) {
  e.info.err = jpeg_std_error(&e.manager);
  e.info.client_data = &e;
  e.manager.error_exit = [](jpeg_common_struct* info) {
    std::longjmp(static_cast<Encoder*>(info->client_data)->jump, 1);
  };
  e.manager.output_message = [](jpeg_common_struct*) {};
  if (setjmp(e.jump) != 0) return false;
  jpeg_create_compress(&e.info);
  jpeg_mem_dest(&e.info, &e.data, &e.size);
  e.info.image_width = static_cast<JDIMENSION>(image.width);
  e.info.image_height = static_cast<JDIMENSION>(image.height);
  e.info.input_components = 3;
  e.info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&e.info);
  jpeg_set_quality(&e.info, quality, TRUE);
  jpeg_start_compress(&e.info, TRUE);
  while (e.info.next_scanline < e.info.image_height) {
    auto* row = const_cast<JSAMPLE*>(image.pixels.data() + size_t{e.info.next_scanline} * e.info.image_width * 3);
    jpeg_write_scanlines(&e.info, &row, 1);
  }
  jpeg_finish_compress(&e.info);
  return true;
}

}  // namespace

std::vector<std::byte> encodeJpeg(const Image& image, int quality) {
  Encoder encoder{};
  if (!encode(encoder, image, quality)) return {};
  const auto* data = reinterpret_cast<const std::byte*>(encoder.data);
  return {data, data + encoder.size};
}

}  // namespace lorikeet
