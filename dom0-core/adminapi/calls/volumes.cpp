// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes of a qube. Spec admin-api, 8.7.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/model/text.h"
#include "vchan-io/wire/calls/volumepayload.h"

namespace Bulkhead::AdminApi::Calls
{

namespace
{

using Which = VolumeEditor::Which;

/// The volume that a call names. Which volumes there are depends on the class alone, so the hook has its say first.
Checked<Which> volumeOf(const Call &call)
{
    BH_CHECK(call.permit());
    const auto name = volumeNameFrom(call.argument);
    if (!name || !findVolume(call.model(), call.qube(), *name)) {
        return refuse(RefusalKind::Permission, "the qube has no such volume");
    }
    return Which{.id = call.destination, .volume = *name};
}

/// Answers at once where the call is refused. @return the volume otherwise
std::optional<Which> volumeOrRefusal(const Call &call, Reply &reply)
{
    const auto which = volumeOf(call);
    if (!which) {
        reply(std::unexpected(which.error()));
        return std::nullopt;
    }
    return *which;
}

/// Whether a caller may import is asked under the name of the call that it made.
Call askedAs(const Call &call, std::string_view name)
{
    Call asked = call;
    asked.method = formatted("admin.vm.volume.{}", name);
    return asked;
}

std::string infoText(const Volume &volume, const VolumeState &state)
{
    std::string text = formatted("pool={}\nvid={}\nsize={}\nusage={}\nrw={}\nsource={}\npath={}\nsave_on_stop={}\n"
                                 "snap_on_start={}\nrevisions_to_keep={}\nephemeral={}\n",
                                 volume.pool.name,
                                 volume.vid,
                                 state.size,
                                 state.usage,
                                 booleanText(volume.writable),
                                 volume.source,
                                 state.path.string(),
                                 booleanText(volume.saveOnStop),
                                 booleanText(volume.snapOnStart),
                                 volume.revisionsToKeep,
                                 booleanText(volume.ephemeral));
    if (state.isOutdated) {
        text += formatted("is_outdated={}\n", booleanText(*state.isOutdated));
    }
    return text;
}

/// What a payload is malformed as.
std::unexpected<Refusal> malformed(const Error &error)
{
    return refuse(RefusalKind::Protocol, error.text());
}

} // namespace

Checked<std::string> listVolumes(const Call &call)
{
    BH_CHECK(call.permit());
    std::string names;
    for (const Volume &volume : qubeVolumes(call.model(), call.qube())) {
        names += formatted("{}\n", nameOf(volume.name));
    }
    return names;
}

void volumeInfo(const Call &call, Reply reply)
{
    const auto which = volumeOrRefusal(call, reply);
    if (!which) {
        return;
    }
    const Volume volume = *findVolume(call.model(), call.qube(), which->volume);
    call.services.volumes.inspect(*which, [volume, reply = std::move(reply)](Checked<VolumeState> state) mutable {
        reply(std::move(state).transform([&](const VolumeState &found) {
            return infoText(volume, found);
        }));
    });
}

void listSnapshots(const Call &call, Reply reply)
{
    const auto which = volumeOrRefusal(call, reply);
    if (!which) {
        return;
    }
    call.services.volumes.inspect(*which, [reply = std::move(reply)](Checked<VolumeState> state) mutable {
        reply(std::move(state).transform([](const VolumeState &found) {
            std::string lines;
            for (const std::string &revision : found.revisions) {
                lines += revision + "\n";
            }
            return lines;
        }));
    });
}

void revertVolume(const Call &call, Reply reply)
{
    const auto revision = RevisionName::parse(call.payload);
    if (!revision) {
        reply(malformed(revision.error()));
        return;
    }
    if (const auto which = volumeOrRefusal(call, reply)) {
        call.services.volumes.revert(*which, revision->text(), emptySuccess(std::move(reply)));
    }
}

void cloneFrom(const Call &call, Reply reply)
{
    if (const auto which = volumeOrRefusal(call, reply)) {
        reply(call.services.offers.offer(*which));
    }
}

void cloneTo(const Call &call, Reply reply)
{
    // The token is used up whatever comes of the call.
    const auto source = call.services.offers.take(call.payload);
    const auto which = volumeOrRefusal(call, reply);
    if (!which) {
        return;
    }
    if (!source) {
        reply(refuse(RefusalKind::Protocol, "no volume was offered under that token"));
        return;
    }
    call.services.volumes.clone(*source, *which, emptySuccess(std::move(reply)));
}

void resizeVolume(const Call &call, Reply reply)
{
    const auto bytes = parseNumber(call.payload);
    if (!bytes) {
        reply(refuse(RefusalKind::Protocol, "the size is no number"));
        return;
    }
    if (const auto which = volumeOrRefusal(call, reply)) {
        call.services.volumes.resize(*which, *bytes, emptySuccess(std::move(reply)));
    }
}

void clearVolume(const Call &call, Reply reply)
{
    if (const auto which = volumeOrRefusal(call, reply)) {
        call.services.volumes.clear(*which, emptySuccess(std::move(reply)));
    }
}

void setVolumeRevisions(const Call &call, Reply reply)
{
    const auto count = parseRevisionsToKeep(call.payload);
    const auto which = volumeOrRefusal(call, reply);
    if (!which) {
        return;
    }
    if (!count) {
        reply(std::unexpected(count.error()));
        return;
    }
    call.services.volumes.setRevisionsToKeep(*which, *count, emptySuccess(std::move(reply)));
}

void setVolumeWritable(const Call &call, Reply reply)
{
    const auto which = volumeOrRefusal(call, reply);
    if (!which) {
        return;
    }
    const auto value = parseBoolean(call.payload);
    if (!value) {
        reply(refuse(RefusalKind::BadValue, "rw is yes or no."));
        return;
    }
    call.services.volumes.setWritable(*which, *value, emptySuccess(std::move(reply)));
}

void setVolumeEphemeral(const Call &call, Reply reply)
{
    const auto which = volumeOrRefusal(call, reply);
    if (!which) {
        return;
    }
    const auto value = parseBoolean(call.payload);
    if (!value) {
        reply(refuse(RefusalKind::BadValue, "ephemeral is yes or no."));
        return;
    }
    call.services.volumes.setEphemeral(*which, *value, emptySuccess(std::move(reply)));
}

void importBegin(const Call &call, Reply reply)
{
    const auto bytes = parseImportSize(call.payload);
    if (!bytes) {
        reply(malformed(bytes.error()));
        return;
    }
    const auto which = volumeOrRefusal(askedAs(call, *bytes ? "ImportWithSize" : "Import"), reply);
    if (!which) {
        return;
    }
    call.services.volumes.beginImport(
        *which, *bytes, [reply = std::move(reply)](Checked<VolumeEditor::ImportPlace> begun) mutable {
            reply(std::move(begun).transform([](const VolumeEditor::ImportPlace &place) {
                return formatted("{} {}", place.bytes, place.path.string());
            }));
        });
}

/// As the service of the field does it with the two internal calls: into a place beside the volume, and then in its
/// place at once.
void importStream(const Call &call, Upload upload, Reply reply)
{
    const auto bytes = parseImportSize(call.payload);
    if (!bytes) {
        reply(malformed(bytes.error()));
        return;
    }
    const auto which = volumeOrRefusal(call, reply);
    if (!which) {
        return;
    }
    VolumeEditor &volumes = call.services.volumes;
    volumes.beginImport(*which,
                        *bytes,
                        [&volumes, which = *which, upload = std::move(upload), reply = std::move(reply)](
                            Checked<VolumeEditor::ImportPlace> begun) mutable {
                            if (!begun) {
                                reply(std::unexpected(begun.error()));
                                return;
                            }
                            receiveUpload(
                                &volumes,
                                std::move(upload),
                                begun->path,
                                begun->bytes,
                                [&volumes, which, reply = std::move(reply)](const Result<void> &received) mutable {
                                    const std::string failure = received
                                        ? std::string()
                                        : formatted("Nothing was imported, what was there is as it was: {}.",
                                                    received.error().text());
                                    volumes.endImport(which, failure, emptySuccess(std::move(reply)));
                                });
                        });
}

void importEnd(const Call &call, Reply reply)
{
    const auto end = parseImportEnd(call.payload);
    if (!end) {
        reply(malformed(end.error()));
        return;
    }
    const auto which = volumeOrRefusal(askedAs(call, "Import"), reply);
    if (!which) {
        return;
    }
    const std::string said = end->words.empty() ? std::string("The import failed.") : end->words;
    const std::string failure = end->isWhole ? std::string() : said;
    call.services.volumes.endImport(*which, failure, emptySuccess(std::move(reply)));
}

} // namespace Bulkhead::AdminApi::Calls
