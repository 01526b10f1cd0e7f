// Sentences about what is wrong on a disc or differs from what should be there: the first ones of them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace burnbox {

struct Mismatch {
    std::string path;  // from the root of the disc, any bytes; "" = the disc as a whole
    std::string what;
};

class Mismatches {
  public:
    // As a sentence "/path: what"; the path may hold any bytes.
    void add(std::string_view path, std::string_view what);
    void add(std::string sentence);
    [[nodiscard]] bool none() const { return items_.empty(); }
    // Whether further ones are kept.
    [[nodiscard]] bool full() const;
    [[nodiscard]] const std::vector<Mismatch>& items() const { return items_; }
    [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }  // of the items
    [[nodiscard]] std::vector<std::string> take() { return std::move(texts_); }

  private:
    std::vector<Mismatch> items_;
    std::vector<std::string> texts_;
};

}  // namespace burnbox
