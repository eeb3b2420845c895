// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/call.h"
#include "dom0-core/model/newqube.h"

namespace Bulkhead::AdminApi::Calls
{

/// The calls' long work, each a job that people see and most can stop.

/// Ends the job and answers the call, with the same result.
[[nodiscard]] Runner::Done endOf(Jobs::Handle job, Reply reply);

/// A creation that is stopped goes through and is then taken back.
/// @param wanted  as for QubeMaker::create()
void createAsJob(const Call &call, CheckedNewQube wanted, Reply reply);
/// What was made of it in advance goes first. Removing cannot be stopped: from its first moment on the qube is gone for
/// everybody.
void removeAsJob(const Call &call, Reply reply);
/// One that runs already is no job.
void startAsJob(const Call &call, Reply reply);

} // namespace Bulkhead::AdminApi::Calls
