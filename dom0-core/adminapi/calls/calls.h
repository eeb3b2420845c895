// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/call.h"
#include "dom0-core/adminapi/uploads.h"

#include <string>

namespace Bulkhead::AdminApi::Calls
{

/// The handlers of the methods table, one file a subject. Spec admin-api, 8.

// discovery.cpp
[[nodiscard]] Checked<std::string> listClasses(const Call &call);
[[nodiscard]] Checked<std::string> listQubes(const Call &call);
[[nodiscard]] Checked<std::string> currentState(const Call &call);

// creation.cpp
void create(const Call &call, Reply reply);
void remove(const Call &call, Reply reply);
void templateRoot(const Call &call, Reply reply);

// disposables.cpp
void createDisposable(const Call &call, Reply reply);
// core.cpp
[[nodiscard]] Checked<std::string> snapshot(const Call &call);
[[nodiscard]] Checked<std::string> listJobs(const Call &call);
[[nodiscard]] Checked<std::string> cancelJob(const Call &call);

// internal.cpp
[[nodiscard]] Checked<std::string> systemInfo(const Call &call);
void beforeSleep(const Call &call, Reply reply);
void afterSleep(const Call &call, Reply reply);

// announcements.cpp
void notifyUpdates(const Call &call, Reply reply);
[[nodiscard]] Checked<std::string> requestFeatures(const Call &call);
[[nodiscard]] Checked<std::string> notifyTools(const Call &call);

// power.cpp
void start(const Call &call, Reply reply);
void shutdown(const Call &call, Reply reply);
void kill(const Call &call, Reply reply);
void pause(const Call &call, Reply reply);
void unpause(const Call &call, Reply reply);
void suspend(const Call &call, Reply reply);
void resume(const Call &call, Reply reply);
void shutdownAll(const Call &call, Reply reply);

// console.cpp
[[nodiscard]] Checked<std::string> console(const Call &call);

// properties.cpp
[[nodiscard]] Checked<std::string> listProperties(const Call &call);
[[nodiscard]] Checked<std::string> getProperty(const Call &call);
[[nodiscard]] Checked<std::string> getAllProperties(const Call &call);
[[nodiscard]] Checked<std::string> getPropertyDefault(const Call &call);
[[nodiscard]] Checked<std::string> propertyHelp(const Call &call);
void setProperty(const Call &call, Reply reply);
void resetProperty(const Call &call, Reply reply);

// globals.cpp
[[nodiscard]] Checked<std::string> listGlobals(const Call &call);
[[nodiscard]] Checked<std::string> getGlobal(const Call &call);
[[nodiscard]] Checked<std::string> getAllGlobals(const Call &call);
[[nodiscard]] Checked<std::string> getGlobalDefault(const Call &call);
[[nodiscard]] Checked<std::string> globalHelp(const Call &call);
void setGlobal(const Call &call, Reply reply);
void resetGlobal(const Call &call, Reply reply);

// features.cpp
[[nodiscard]] Checked<std::string> listFeatures(const Call &call);
[[nodiscard]] Checked<std::string> getFeature(const Call &call);
void setFeature(const Call &call, Reply reply);
[[nodiscard]] Checked<std::string> removeFeature(const Call &call);
[[nodiscard]] Checked<std::string> listTags(const Call &call);
[[nodiscard]] Checked<std::string> getTag(const Call &call);
[[nodiscard]] Checked<std::string> setTag(const Call &call);
[[nodiscard]] Checked<std::string> removeTag(const Call &call);

// firewall.cpp
[[nodiscard]] Checked<std::string> getFirewall(const Call &call);
[[nodiscard]] Checked<std::string> setFirewall(const Call &call);
[[nodiscard]] Checked<std::string> reloadFirewall(const Call &call);
// notes.cpp
[[nodiscard]] Checked<std::string> getNotes(const Call &call);
[[nodiscard]] Checked<std::string> setNotes(const Call &call);
// devices.cpp
[[nodiscard]] Checked<std::string> listDeviceClasses(const Call &call);
[[nodiscard]] Checked<std::string> availableDevices(const Call &call);
[[nodiscard]] Checked<std::string> assignedDevices(const Call &call);
[[nodiscard]] Checked<std::string> attachedDevices(const Call &call);
[[nodiscard]] Checked<std::string> assignDevice(const Call &call);
[[nodiscard]] Checked<std::string> unassignDevice(const Call &call);
[[nodiscard]] Checked<std::string> setAssignment(const Call &call);
void attachDevice(const Call &call, Reply reply);
void detachDevice(const Call &call, Reply reply);

// denieddevices.cpp
[[nodiscard]] Checked<std::string> listDenied(const Call &call);
void addDenied(const Call &call, Reply reply);
void removeDenied(const Call &call, Reply reply);

// volumes.cpp
[[nodiscard]] Checked<std::string> listVolumes(const Call &call);
void volumeInfo(const Call &call, Reply reply);
void listSnapshots(const Call &call, Reply reply);
void revertVolume(const Call &call, Reply reply);
void cloneFrom(const Call &call, Reply reply);
void cloneTo(const Call &call, Reply reply);
void resizeVolume(const Call &call, Reply reply);
void clearVolume(const Call &call, Reply reply);
void setVolumeRevisions(const Call &call, Reply reply);
void setVolumeWritable(const Call &call, Reply reply);
void setVolumeEphemeral(const Call &call, Reply reply);
void importBegin(const Call &call, Reply reply);
void importEnd(const Call &call, Reply reply);
void importStream(const Call &call, Upload upload, Reply reply);

// pools.cpp
[[nodiscard]] Checked<std::string> listPools(const Call &call);
[[nodiscard]] Checked<std::string> listPoolDrivers(const Call &call);
void poolInfo(const Call &call, Reply reply);
void poolUsage(const Call &call, Reply reply);
void addPool(const Call &call, Reply reply);
[[nodiscard]] Checked<std::string> removePool(const Call &call);
void setPoolRevisions(const Call &call, Reply reply);
void setPoolEphemeral(const Call &call, Reply reply);
[[nodiscard]] Checked<std::string> listPoolVolumes(const Call &call);

// labels.cpp
[[nodiscard]] Checked<std::string> listLabels(const Call &call);
[[nodiscard]] Checked<std::string> getLabel(const Call &call);
[[nodiscard]] Checked<std::string> labelIndex(const Call &call);
[[nodiscard]] Checked<std::string> createLabel(const Call &call);
[[nodiscard]] Checked<std::string> removeLabel(const Call &call);

} // namespace Bulkhead::AdminApi::Calls
