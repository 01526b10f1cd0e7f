#include "burner/worker/worker_protocol.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 9> kOperations{
    "inspect", "burn", "verify", "adjudicate", "look at", "eject", "load", "prove", "list what is on"};

template <typename E>
E to_enum(const json& value, unsigned count) {
    const auto number = value.get<unsigned>();
    if (number >= count) throw std::out_of_range("a number stands for no known value");
    return static_cast<E>(number);
}

json to_json(const TreeArea& tree) {
    return {{"start_lba", tree.start_lba}, {"blocks", tree.blocks}, {"sha256", tree.sha256.hex()}};
}

TreeArea tree_of(const json& value) {
    const auto digest = Sha256::parse(value.at("sha256").get<std::string>());
    if (!digest) throw std::out_of_range("no SHA-256");
    return TreeArea{value.at("start_lba").get<std::uint32_t>(), value.at("blocks").get<std::uint32_t>(),
                    *digest};
}

json to_json(const BurnJob& job) {
    json sessions = json::array();
    for (const BurnSession& session : job.sessions)
        sessions.push_back({{"seal_record", session.seal_record},
                            {"folder", session.folder},
                            {"recovery_record", session.parity_record},
                            {"recovery_folder", session.parity_folder}});
    return {{"disc",
             {{"label", job.disc.label},
              {"serial", job.disc.serial},
              {"sessions_used", job.disc.sessions_used},
              {"next_lba", job.disc.next_lba},
              {"head_digest", job.disc.head_digest},
              {"media_id", job.disc.media_id}}},
            {"sessions", std::move(sessions)},
            {"layout", std::to_underlying(job.layout)},
            {"modes", std::to_underlying(job.modes)},
            {"just_burned", job.just_burned},
            {"tree", job.tree ? to_json(*job.tree) : json()},
            {"close_disc", job.close_disc},
            {"close_below_bytes", job.close_below_bytes},
            {"rollback_file", job.rollback_file}};
}

BurnJob burn_job_of(const json& value) {
    BurnJob job;
    const json& disc = value.at("disc");
    disc.at("label").get_to(job.disc.label);
    disc.at("serial").get_to(job.disc.serial);
    disc.at("sessions_used").get_to(job.disc.sessions_used);
    disc.at("next_lba").get_to(job.disc.next_lba);
    disc.at("head_digest").get_to(job.disc.head_digest);
    disc.at("media_id").get_to(job.disc.media_id);
    for (const json& session : value.at("sessions"))
        job.sessions.push_back({session.at("seal_record").get<std::string>(),
                                session.at("folder").get<std::string>(),
                                session.at("recovery_record").get<std::string>(),
                                session.at("recovery_folder").get<std::string>()});
    job.layout = to_enum<Layout>(value.at("layout"), 3);
    job.modes = to_enum<ModePolicy>(value.at("modes"), 2);
    value.at("just_burned").get_to(job.just_burned);
    if (const json& tree = value.at("tree"); !tree.is_null()) job.tree = tree_of(tree);
    value.at("close_disc").get_to(job.close_disc);
    value.at("close_below_bytes").get_to(job.close_below_bytes);
    value.at("rollback_file").get_to(job.rollback_file);
    return job;
}

json to_json(const BurnPlan& plan) {
    return {{"plan",
             {{"disc_session", plan.disc_session},
              {"start_lba", plan.start_lba},
              {"blocks", plan.blocks},
              {"tree", to_json(plan.tree)}}}};
}

json to_json(const Progress& progress) {
    return {{"progress", {{"done", progress.done_bytes}, {"total", progress.total_bytes}}}};
}

json to_json(const Error& error) {
    return {{"error",
             {{"code", std::to_underlying(error.code)},
              {"errno", error.sys_errno},
              {"message", error.message},
              {"origin", std::to_underlying(error.origin)}}}};
}

json to_json(const Medium& medium) {
    return {{"medium",
             {{"profile", medium.profile},
              {"state", std::to_underlying(medium.state)},
              {"readable", medium.readable},
              {"label", medium.label},
              {"serial", medium.serial},
              {"media_id", medium.media_id},
              {"location", medium.location},
              {"capacity_bytes", medium.capacity_bytes},
              {"free_bytes", medium.free_bytes},
              {"sessions_used", medium.sessions_used},
              {"sessions_left", medium.sessions_left},
              {"next_lba", medium.next_lba},
              {"head_digest", medium.head_digest},
              {"speeds_kb", medium.speeds_kb},
              {"reason", medium.reason}}}};
}

json to_json(const Written& written) {
    return {{"written",
             {{"start_lba", written.start_lba}, {"blocks", written.blocks}, {"messages", written.messages}}}};
}

json to_json(const VerifyReport& report) {
    json files = json::array();
    for (const VerifiedFile& file : report.files) files.push_back({file.path, file.lba});
    return {{"verified",
             {{"files_checked", report.files_checked},
              {"bytes_checked", report.bytes_checked},
              {"files", std::move(files)},
              {"mismatches", report.mismatches},
              {"repair", report.repair},
              {"layout", std::to_underlying(report.layout)},
              {"modes", std::to_underlying(report.modes)}}}};
}

json to_json(Drive::Outcome outcome) {
    return {{"outcome", std::to_underlying(outcome)}};
}

json to_json(const Look& look) {
    return {{"look", {{"presence", std::to_underlying(look.presence)}, {"changed", look.changed}}}};
}

// Paths are any bytes: as hexadecimal text.
json to_json(const Proof& proof) {
    json findings = json::array();
    for (const ProofFinding& finding : proof.findings)
        findings.push_back({to_hex(finding.path), finding.what});
    return {{"proof", std::move(findings)}};
}

Proof proof_of(const json& value) {
    Proof proof;
    for (const json& finding : value) {
        auto path = from_hex(finding.at(0).get<std::string>());
        if (!path) throw std::out_of_range("no hexadecimal text");
        proof.findings.push_back({std::move(*path), finding.at(1).get<std::string>()});
    }
    return proof;
}

json to_json(const std::vector<FoundDiscSession>& found) {
    json list = json::array();
    for (const FoundDiscSession& one : found) {
        json sessions = json::array();
        for (const FoundSession& session : one.sessions)
            sessions.push_back({{"account", session.account},
                                {"disc_name", session.disc_name},
                                {"seal_record", session.seal_record},
                                {"recovery_record", session.parity_record},
                                {"unclear", session.unclear}});
        list.push_back({{"number", one.number},
                        {"start_lba", one.start_lba},
                        {"blocks", one.blocks},
                        {"sessions", std::move(sessions)},
                        {"unexplained", one.unexplained}});
    }
    return {{"contents", std::move(list)}};
}

std::vector<FoundDiscSession> found_of(const json& value) {
    std::vector<FoundDiscSession> found;
    for (const json& one : value) {
        FoundDiscSession& next = found.emplace_back();
        one.at("number").get_to(next.number);
        one.at("start_lba").get_to(next.start_lba);
        one.at("blocks").get_to(next.blocks);
        one.at("unexplained").get_to(next.unexplained);
        for (const json& session : one.at("sessions"))
            next.sessions.push_back({.account = session.at("account").get<std::string>(),
                                     .disc_name = session.at("disc_name").get<std::string>(),
                                     .seal_record = session.at("seal_record").get<std::string>(),
                                     .parity_record = session.at("recovery_record").get<std::string>(),
                                     .unclear = session.at("unclear").get<std::string>()});
    }
    return found;
}

Error error_of(const json& value) {
    return {to_enum<Errc>(value.at("code"), std::to_underlying(Errc::io) + 1U), value.at("errno").get<int>(),
            value.at("message").get<std::string>(),
            to_enum<Origin>(value.at("origin"), std::to_underlying(Origin::session) + 1U)};
}

Medium medium_of(const json& value) {
    Medium medium;
    value.at("profile").get_to(medium.profile);
    medium.state = to_enum<MediumState>(value.at("state"), 6);
    value.at("readable").get_to(medium.readable);
    value.at("label").get_to(medium.label);
    value.at("serial").get_to(medium.serial);
    value.at("media_id").get_to(medium.media_id);
    value.at("location").get_to(medium.location);
    value.at("capacity_bytes").get_to(medium.capacity_bytes);
    value.at("free_bytes").get_to(medium.free_bytes);
    value.at("sessions_used").get_to(medium.sessions_used);
    value.at("sessions_left").get_to(medium.sessions_left);
    value.at("next_lba").get_to(medium.next_lba);
    value.at("head_digest").get_to(medium.head_digest);
    value.at("speeds_kb").get_to(medium.speeds_kb);
    value.at("reason").get_to(medium.reason);
    return medium;
}

VerifyReport report_of(const json& value) {
    VerifyReport report;
    value.at("files_checked").get_to(report.files_checked);
    value.at("bytes_checked").get_to(report.bytes_checked);
    for (const json& file : value.at("files"))
        report.files.push_back({file.at(0).get<std::string>(), file.at(1).get<std::uint32_t>()});
    value.at("mismatches").get_to(report.mismatches);
    value.at("repair").get_to(report.repair);
    report.layout = to_enum<Layout>(value.at("layout"), 3);
    report.modes = to_enum<ModePolicy>(value.at("modes"), 2);
    return report;
}

WorkerLine line_of(const json& line) {
    const std::string& kind = line.begin().key();
    const json& value = line.begin().value();
    if (kind == "plan")
        return BurnPlan{value.at("disc_session").get<unsigned>(), value.at("start_lba").get<std::uint32_t>(),
                        value.at("blocks").get<std::uint32_t>(), tree_of(value.at("tree"))};
    if (kind == "progress")
        return Progress{value.at("done").get<std::uint64_t>(), value.at("total").get<std::uint64_t>()};
    if (kind == "error") return error_of(value);
    if (kind == "medium") return medium_of(value);
    if (kind == "written")
        return Written{value.at("start_lba").get<std::uint32_t>(), value.at("blocks").get<std::uint32_t>(),
                       value.at("messages").get<std::string>()};
    if (kind == "proof") return proof_of(value);
    if (kind == "verified") return report_of(value);
    if (kind == "look")
        return Look{to_enum<Presence>(value.at("presence"), 4), value.at("changed").get<bool>()};
    if (kind == "contents") return found_of(value);
    if (kind == "outcome")
        return to_enum<Drive::Outcome>(value, std::to_underlying(Drive::Outcome::doubtful) + 1U);
    throw std::out_of_range("unknown kind of line: " + kind);
}

}  // namespace

std::string_view to_string(WorkerOperation operation) {
    return kOperations[std::to_underlying(operation)];
}

Result<std::string> to_line(const WorkerJob& job) {
    try {
        const json line = {{"operation", std::to_underlying(job.operation)},
                           {"device",
                            {{"path", job.device.path},
                             {"medium", job.device.medium},
                             {"write_once_only", job.device.write_once_only},
                             {"speed", job.device.speed}}},
                           {"burn", to_json(job.burn)},
                           {"disc_session", job.disc_session},
                           {"start_lba", job.start_lba}};
        return line.dump() + "\n";
    } catch (const json::exception& error) {
        return fail(Errc::invalid, "tell a worker its job on " + escape(job.device.path) +
                                       ": a path of the configuration is no UTF-8: " + error.what());
    }
}

Result<WorkerJob> parse_worker_job(std::string_view line) {
    try {
        const json value = json::parse(line);
        WorkerJob job;
        job.operation = to_enum<WorkerOperation>(value.at("operation"), kOperations.size());
        value.at("device").at("path").get_to(job.device.path);
        value.at("device").at("medium").get_to(job.device.medium);
        value.at("device").at("write_once_only").get_to(job.device.write_once_only);
        value.at("device").at("speed").get_to(job.device.speed);
        job.burn = burn_job_of(value.at("burn"));
        value.at("disc_session").get_to(job.disc_session);
        value.at("start_lba").get_to(job.start_lba);
        return job;
    } catch (const std::exception& error) {
        return fail(Errc::invalid, std::string("read the worker's job: ") + error.what());
    }
}

std::string to_line(const WorkerLine& line) {
    const json value = std::visit([](const auto& content) { return to_json(content); }, line);
    // Paths and messages may hold bytes of a foreign disc that are no UTF-8: the reader gets U+FFFD for them.
    return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<WorkerLine> parse_worker_line(std::string_view line) {
    try {
        const json value = json::parse(line);
        if (!value.is_object() || value.size() != 1) throw std::out_of_range("not an object with one key");
        return line_of(value);
    } catch (const std::exception& error) {
        return fail(Errc::unreachable,
                    "read a worker's line '" + escape(line.substr(0, 200)) + "': " + error.what());
    }
}

}  // namespace burnbox
