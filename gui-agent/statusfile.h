// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace Bulkhead::GuiAgent
{

/// The file in which other programs of the guest read what the agent is doing: `starting`, `started` (a daemon may
/// come), `connected` (one is there). Removed with this object. Where it cannot be written, the agent works without.
/// @source docs/protocol/gui.md, section Agent
class StatusFile
{
public:
    static constexpr std::string_view DefaultPath = "/run/qubes/gui-agent.status";

    /// Writes `starting`.
    explicit StatusFile(std::string path);
    StatusFile(const StatusFile &) = delete;
    StatusFile &operator=(const StatusFile &) = delete;
    ~StatusFile();

    void started();
    void connected();

private:
    void write(std::string_view status) const;

    std::string m_path;
};

} // namespace Bulkhead::GuiAgent
