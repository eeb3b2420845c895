// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/statusfile.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

constexpr LogCategory Log("bulkhead.gui-agent.status");

constexpr mode_t ReadableByAll = 0644;

} // namespace

StatusFile::StatusFile(std::string path)
    : m_path(std::move(path))
{
    write("starting");
}

StatusFile::~StatusFile()
{
    (void)::unlink(m_path.c_str());
}

void StatusFile::started()
{
    write("started");
}

void StatusFile::connected()
{
    write("connected");
}

/// Under another name first: who reads it never finds half a word.
void StatusFile::write(std::string_view status) const
{
    const std::string beginning = m_path + ".new";
    const std::string line = formatted("{}\n", status);
    const UniqueFd file(::open(beginning.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, ReadableByAll));
    if (!file || ::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())
        || ::rename(beginning.c_str(), m_path.c_str()) != 0) {
        Log.debug("the status file cannot be written");
    }
}

} // namespace Bulkhead::GuiAgent
