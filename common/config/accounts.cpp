// Accounts and their keys.
#include "common/config/sections.hpp"
#include "common/config/text_file.hpp"
#include "common/keys/public_key.hpp"
#include "common/storage/strict_modes.hpp"

#include <algorithm>

namespace burnbox {
namespace {

void add_key(AccountConfig& account, PublicKey key) {
    const bool known =
        std::ranges::any_of(account.keys, [&](const PublicKey& each) { return each.base64 == key.base64; });
    if (!known) account.keys.push_back(std::move(key));
}

ValueReader public_keys(AccountConfig& account) {
    return [&account](const YamlNode& value, const std::string& key, Reading& reading) {
        std::vector<std::string> lines;
        texts(lines)(value, key, reading);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i].empty()) continue;  // texts() said so
            auto parsed = parse_public_key(lines[i]);
            if (parsed)
                add_key(account, std::move(*parsed));
            else
                reading.wrong(item_key(key, i), parsed.error().message);
        }
    };
}

// Its lines as keys. Whose it is does not matter: people keep their own. Who may write it logs in.
Result<std::vector<KeyFileLine>> read_keys_file(const std::string& path) {
    BB_TRY(const std::string text, read_text_file(path));
    if (const auto open = strict_finding(path, OwnerRule::any, {})) return fail(Errc::permission, *open);
    auto lines = parse_key_lines(text);
    if (lines.empty()) return fail(Errc::invalid, fmt::format("there is no key in {}", escape(path)));
    return lines;
}

// What is wrong with the file keeps its lines from opening the account, and nobody else from anything.
ValueReader keys_file(AccountConfig& account) {
    return [&account](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::size_t findings = reading.findings.count();
        std::string path;
        folder_path(path)(value, key, reading);
        if (reading.findings.count() > findings) return;
        Findings wrong;
        auto lines = read_keys_file(path);
        if (!lines) {
            wrong.add(reading.place(key), fmt::format("{}: {}", escape(key), lines.error().message));
            lines.emplace();
        }
        for (KeyFileLine& line : *lines)
            if (line.key)
                add_key(account, std::move(*line.key));
            else
                wrong.add({path, line.line, line.column},
                          fmt::format("{}: {}", escape(key), line.key.error().message));
        account.keys_wrong = wrong.text();
    };
}

ValueReader rights(Rights& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        std::vector<std::string> words;
        const std::size_t findings = reading.findings.count();
        texts(words)(value, key, reading);
        target = {.upload = false, .read = false, .remove = false};
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (words[i] == "upload")
                target.upload = true;
            else if (words[i] == "read")
                target.read = true;
            else if (words[i] == "delete")
                target.remove = true;
            else
                reading.wrong(item_key(key, i),
                              fmt::format("\"{}\" is none of upload, read, delete", escape(words[i])));
        }
        if (words.empty() && reading.findings.count() == findings)
            reading.wrong(key, "it is empty; name some of upload, read, delete, or leave it out for all");
    };
}

}  // namespace

void read_account(const std::string& name, const YamlNode& body, const std::string& key, Reading& reading,
                  Config& config) {
    AccountConfig account;
    account.name = name;
    if (!is_plain_name(name, LetterCase::lower))
        reading.wrong(key, "an account's name is 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit");
    const std::size_t findings = reading.findings.count();
    read_keys(body, key, reading,
              {
                  {"keys", public_keys(account)},
                  {"keys_file", keys_file(account)},
                  {"rights", rights(account.rights)},
                  {"quota", size(account.quota_bytes)},
                  {"pool", text(account.pool)},
              });
    if (account.keys.empty() && account.keys_wrong.empty() && reading.findings.count() == findings)
        reading.keyless.push_back(name);
    config.accounts.emplace(name, std::move(account));
}

ValueReader accounts_section(Config& config) {
    return [&config](const YamlNode& value, const std::string& key, Reading& reading) {
        read_entries(value, key, reading, [&](const YamlNode& body, const std::string& entry, Reading& in) {
            read_account(entry.substr(key.size() + 1), body, entry, in, config);
        });
    };
}

}  // namespace burnbox
