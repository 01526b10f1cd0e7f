// Sentences about what is wrong on a disc or differs from what should be there: the first ones of them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace burnbox {

class Mismatches {
  public:
    // "/path: what"; the path may hold any bytes.
    void add(std::string_view path, std::string_view what);
    void add(std::string sentence);
    [[nodiscard]] bool none() const { return texts_.empty(); }
    // Whether further ones are kept.
    [[nodiscard]] bool full() const;
    [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }
    [[nodiscard]] std::vector<std::string> take() { return std::move(texts_); }

  private:
    std::vector<std::string> texts_;
};

}  // namespace burnbox
