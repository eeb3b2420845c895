// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/libxltoolstack.h"

#include "base/formatted.h"
#include "base/malloced.h"
#include "dom0-core/driver/xen/domainstore.h"
#include "dom0-core/driver/xen/libxlcall.h"
#include "dom0-core/driver/xen/libxlcontext.h"
#include "dom0-core/driver/xen/libxlloop.h"
#include "dom0-core/driver/xen/xenconfig.h"
#include "dom0-core/driver/xen/xenlog.h"

#include <QTimer>

#include <cstdlib>
#include <map>
#include <memory>

namespace Bulkhead
{

namespace
{

ShutdownReason reasonOf(int code)
{
    switch (code) {
    case LIBXL_SHUTDOWN_REASON_POWEROFF:
        return ShutdownReason::Poweroff;
    case LIBXL_SHUTDOWN_REASON_REBOOT:
        return ShutdownReason::Reboot;
    case LIBXL_SHUTDOWN_REASON_SUSPEND:
        return ShutdownReason::Suspend;
    case LIBXL_SHUTDOWN_REASON_CRASH:
        return ShutdownReason::Crash;
    case LIBXL_SHUTDOWN_REASON_WATCHDOG:
        return ShutdownReason::Watchdog;
    case LIBXL_SHUTDOWN_REASON_SOFT_RESET:
        return ShutdownReason::SoftReset;
    default:
        return ShutdownReason::Unknown;
    }
}

/// dom0 has the screen, the keys and everybody's devices: while qubes compete for processors it goes first, or a start
/// waits for scripts of dom0's that wait for other starts.
void preferDom0(LibxlContext &context)
{
    constexpr int Weight = 2048; // a domain has 256 of itself
    libxl_domain_sched_params wanted;
    libxl_domain_sched_params_init(&wanted);
    wanted.weight = Weight;
    if (const int code = libxl_domain_sched_params_set(context.get(), Dom0.value(), &wanted); code != 0) {
        logXen.warning("{}", context.error(code, "dom0 cannot be given precedence over qubes").text());
    }
    libxl_domain_sched_params_dispose(&wanted);
}

class LibxlToolstack final : public Toolstack
{
public:
    LibxlToolstack(std::unique_ptr<LibxlContext> context, std::unique_ptr<LibxlLoop> loop, BuilderProgram builder);
    LibxlToolstack(const LibxlToolstack &) = delete;
    LibxlToolstack &operator=(const LibxlToolstack &) = delete;
    ~LibxlToolstack() override;

    [[nodiscard]] XenMachine machine() const override;
    [[nodiscard]] Result<std::vector<XenDomain>> domains() const override;
    void build(const BuildOrder &order, Built done) override;
    [[nodiscard]] Result<void> watch(DomId domain) override;
    void unpause(DomId domain, Done done) override;
    void pause(DomId domain, Done done) override;
    void requestShutdown(DomId domain, Done done) override;
    void destroy(DomId domain, Done done) override;
    [[nodiscard]] Result<void> tell(DomId domain, const std::string &key, const std::string &value) override;
    void attachNic(DomId domain, const OrderedNic &nic, Done done) override;
    void detachNic(DomId domain, Done done) override;
    void attachDisk(DomId domain, const AttachedDisk &disk, Done done) override;
    void detachDisk(DomId domain, const AttachedDisk &disk, Done done) override;
    [[nodiscard]] Result<std::string> consoleTerminal(DomId domain) const override;
    [[nodiscard]] std::optional<std::uint64_t> memoryKiB(DomId domain) const override;
    [[nodiscard]] std::optional<std::chrono::nanoseconds> cpuTime(DomId domain) const override;

private:
    static void onEvent(void *user, libxl_event *event);
    static void onDisaster(void *user, libxl_event_type type, const char *message, int number);
    static const libxl_event_hooks EventHooks;
    static const libxl_childproc_hooks ChildHooks;

    /// Runs an operation of libxl; its failure gets libxl's words.
    void call(std::string doing, std::move_only_function<int(const libxl_asyncop_how *)> start, Done done);
    void unwatch(DomId domain);
    void removeNic(DomId domain, std::unique_ptr<XenNic> nic, Done done);

    std::unique_ptr<LibxlContext> m_context;
    std::unique_ptr<LibxlLoop> m_loop;
    BuilderProgram m_builder;
    std::map<DomId, libxl_evgen_domain_death *> m_watched;
};

const libxl_event_hooks LibxlToolstack::EventHooks{
    .event_occurs_mask = LIBXL_EVENTMASK_ALL, .event_occurs = onEvent, .disaster = onDisaster};

// Qt reaps what it starts itself, and libxl is to leave that alone.
const libxl_childproc_hooks LibxlToolstack::ChildHooks{.chldowner = libxl_sigchld_owner_libxl_always_selective_reap,
                                                       .fork_replacement = nullptr,
                                                       .reaped_callback = nullptr};

LibxlToolstack::LibxlToolstack(std::unique_ptr<LibxlContext> context,
                               std::unique_ptr<LibxlLoop> loop,
                               BuilderProgram builder)
    : m_context(std::move(context))
    , m_loop(std::move(loop))
    , m_builder(std::move(builder))
{
    libxl_childproc_setmode(m_context->get(), &ChildHooks, nullptr);
    libxl_event_register_callbacks(m_context->get(), &EventHooks, this);
}

LibxlToolstack::~LibxlToolstack()
{
    while (!m_watched.empty()) {
        unwatch(m_watched.begin()->first);
    }
    m_context.reset(); // takes back what it registered with the loop, which must be there still
}

XenMachine LibxlToolstack::machine() const
{
    libxl_physinfo info;
    libxl_physinfo_init(&info);
    XenMachine machine;
    if (const int code = libxl_get_physinfo(m_context->get(), &info); code == 0) {
        machine.canPv = info.cap_pv;
        machine.canPvh = info.cap_hvm && (info.cap_hap || info.cap_shadow);
    } else {
        logXen.warning("{}", m_context->error(code, "what this machine can do is not known").text());
    }
    libxl_physinfo_dispose(&info);
    return machine;
}

Result<std::vector<XenDomain>> LibxlToolstack::domains() const
{
    int count = 0;
    libxl_dominfo *const all = libxl_list_domain(m_context->get(), &count);
    if (all == nullptr) {
        return std::unexpected(m_context->error(ERROR_FAIL, "domains cannot be listed"));
    }
    std::vector<XenDomain> found;
    for (const auto &info : std::span(all, static_cast<std::size_t>(count))) {
        XenDomain domain{.id = DomId{info.domid}, .uuid = uuidText(info.uuid)};
        domain.isPaused = info.paused;
        domain.isDying = info.dying;
        if (info.shutdown) {
            domain.shutdown = reasonOf(info.shutdown_reason);
        }
        found.push_back(std::move(domain));
    }
    libxl_dominfo_list_free(all, count);
    return found;
}

void LibxlToolstack::build(const BuildOrder &order, Built done)
{
    runBuilder(this, m_builder, order, std::move(done));
}

Result<void> LibxlToolstack::watch(DomId domain)
{
    libxl_evgen_domain_death *generator = nullptr;
    const int code = libxl_evenable_domain_death(m_context->get(), domain.value(), 0, &generator);
    if (code != 0) {
        return std::unexpected(
            m_context->error(code, formatted("the end of domain {} cannot be watched for", domain.value())));
    }
    m_watched.insert_or_assign(domain, generator);
    return {};
}

void LibxlToolstack::unwatch(DomId domain)
{
    if (const auto found = m_watched.extract(domain)) {
        libxl_evdisable_domain_death(m_context->get(), found.mapped());
    }
}

void LibxlToolstack::unpause(DomId domain, Done done)
{
    call(
        formatted("domain {} could not be let run", domain.value()),
        [this, domain](const libxl_asyncop_how *how) {
            return libxl_domain_unpause(m_context->get(), domain.value(), how);
        },
        std::move(done));
}

void LibxlToolstack::pause(DomId domain, Done done)
{
    call(
        formatted("domain {} could not be paused", domain.value()),
        [this, domain](const libxl_asyncop_how *how) {
            return libxl_domain_pause(m_context->get(), domain.value(), how);
        },
        std::move(done));
}

void LibxlToolstack::requestShutdown(DomId domain, Done done)
{
    call(
        formatted("domain {} did not answer", domain.value()),
        [this, domain](const libxl_asyncop_how *how) {
            return libxl_domain_shutdown(m_context->get(), domain.value(), how);
        },
        std::move(done));
}

void LibxlToolstack::destroy(DomId domain, Done done)
{
    unwatch(domain);
    call(
        formatted("domain {} could not be destroyed", domain.value()),
        [this, domain](const libxl_asyncop_how *how) {
            return libxl_domain_destroy(m_context->get(), domain.value(), how);
        },
        [domain, done = std::move(done)](Result<void> destroyed) mutable {
            if (!destroyed && destroyed.error().code == Errc::NotFound) {
                destroyed = {}; // somebody else was quicker
            }
            if (destroyed) {
                removeChannelNames(domain); // before its number is another's
            }
            done(std::move(destroyed));
        });
}

Result<void> LibxlToolstack::tell(DomId domain, const std::string &key, const std::string &value)
{
    return writeSetting(domain, key, value);
}

void LibxlToolstack::attachNic(DomId domain, const OrderedNic &nic, Done done)
{
    auto wanted = std::make_unique<XenNic>();
    if (auto filled = wanted->fill(nic); !filled) {
        done(std::move(filled));
        return;
    }
    auto *const raw = wanted->get();
    call(
        formatted("domain {} could not be plugged in", domain.value()),
        [this, domain, raw](const libxl_asyncop_how *how) {
            return libxl_device_nic_add(m_context->get(), domain.value(), raw, how);
        },
        [this, domain, wanted = std::move(wanted), done = std::move(done)](Result<void> added) mutable {
            if (added) {
                done({});
                return;
            }
            removeNic(domain, std::move(wanted), [added = std::move(added), done = std::move(done)](auto) mutable {
                done(std::move(added));
            });
        });
}

/// What a net qube that did not answer in time leaves of an interface would be in the next one's way.
void LibxlToolstack::removeNic(DomId domain, std::unique_ptr<XenNic> nic, Done done)
{
    auto *const raw = nic->get();
    call(
        formatted("what is left of an interface of domain {} could not be removed", domain.value()),
        [this, domain, raw](const libxl_asyncop_how *how) {
            return libxl_device_nic_destroy(m_context->get(), domain.value(), raw, how);
        },
        [nic = std::move(nic), done = std::move(done)](Result<void> removed) mutable {
            if (!removed) {
                logXen.warning("{}", removed.error().text());
            }
            done(std::move(removed));
        });
}

void LibxlToolstack::detachNic(DomId domain, Done done)
{
    int count = 0;
    libxl_device_nic *const all = libxl_device_nic_list(m_context->get(), domain.value(), &count);
    if (all == nullptr || count == 0) {
        libxl_device_nic_list_free(all, 0);
        done({});
        return;
    }
    call(
        formatted("domain {} could not be unplugged", domain.value()),
        [this, domain, all](const libxl_asyncop_how *how) {
            return libxl_device_nic_remove(m_context->get(), domain.value(), all, how);
        },
        [all, count, done = std::move(done)](Result<void> removed) mutable {
            libxl_device_nic_list_free(all, count);
            done(std::move(removed));
        });
}

void LibxlToolstack::attachDisk(DomId domain, const AttachedDisk &disk, Done done)
{
    auto wanted = std::make_unique<XenDisk>();
    wanted->fill(disk);
    auto *const raw = wanted->get();
    call(
        formatted("domain {} could not be given a disk", domain.value()),
        [this, domain, raw](const libxl_asyncop_how *how) {
            return libxl_device_disk_add(m_context->get(), domain.value(), raw, how);
        },
        [wanted = std::move(wanted), done = std::move(done)](Result<void> added) mutable {
            done(std::move(added));
        });
}

/// libxl asks the guest first and takes the disk after ten seconds without an answer.
void LibxlToolstack::detachDisk(DomId domain, const AttachedDisk &disk, Done done)
{
    auto wanted = std::make_unique<XenDisk>();
    wanted->fill(disk);
    auto *const raw = wanted->get();
    call(
        formatted("a disk of domain {} could not be taken back", domain.value()),
        [this, domain, raw](const libxl_asyncop_how *how) {
            return libxl_device_disk_remove(m_context->get(), domain.value(), raw, how);
        },
        [wanted = std::move(wanted), done = std::move(done)](Result<void> removed) mutable {
            done(std::move(removed));
        });
}

/// Not the primary console's, which for a domain with a device model is another.
Result<std::string> LibxlToolstack::consoleTerminal(DomId domain) const
{
    char *path = nullptr;
    const int code = libxl_console_get_tty(m_context->get(), domain.value(), 0, LIBXL_CONSOLE_TYPE_PV, &path);
    const Malloced<char> owned(path);
    if (code != 0 || path == nullptr) {
        return std::unexpected(
            m_context->error(code, formatted("the console of domain {} cannot be found", domain.value())));
    }
    return std::string(path);
}

std::optional<std::uint64_t> LibxlToolstack::memoryKiB(DomId domain) const
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    const bool isThere = libxl_domain_info(m_context->get(), &info, domain.value()) == 0;
    const auto used = isThere ? std::optional<std::uint64_t>(info.current_memkb) : std::nullopt;
    libxl_dominfo_dispose(&info);
    return used;
}

std::optional<std::chrono::nanoseconds> LibxlToolstack::cpuTime(DomId domain) const
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    const bool isThere = libxl_domain_info(m_context->get(), &info, domain.value()) == 0;
    const auto used = isThere ? std::optional(std::chrono::nanoseconds(info.cpu_time)) : std::nullopt;
    libxl_dominfo_dispose(&info);
    return used;
}

void LibxlToolstack::call(std::string doing, std::move_only_function<int(const libxl_asyncop_how *)> start, Done done)
{
    startLibxlCall(this, std::move(start), [this, doing = std::move(doing), done = std::move(done)](int code) mutable {
        done(code == 0 ? Result<void>{} : std::unexpected(m_context->error(code, doing)));
    });
}

/// libxl holds its lock here, so what follows happens in the loop's next turn.
void LibxlToolstack::onEvent(void *user, libxl_event *event)
{
    auto *const self = static_cast<LibxlToolstack *>(user);
    const DomId domain{event->domid};
    if (event->type == LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN) {
        const auto reason = reasonOf(event->u.domain_shutdown.shutdown_reason);
        QTimer::singleShot(0, self, [self, domain, reason] {
            Q_EMIT self->stopped(domain, reason);
        });
    } else if (event->type == LIBXL_EVENT_TYPE_DOMAIN_DEATH) {
        QTimer::singleShot(0, self, [self, domain] {
            self->unwatch(domain);
            Q_EMIT self->died(domain);
        });
    }
    libxl_event_free(self->m_context->get(), event);
}

/// Events may be missing from here on, and nothing of libxl's may be called: the supervisor starts us anew, and what
/// runs is found again.
void LibxlToolstack::onDisaster(void *, libxl_event_type type, const char *message, int number)
{
    logXen.critical("libxl cannot tell of events of kind {} any more ({}, {})",
                    static_cast<int>(type),
                    message != nullptr ? message : "no reason given",
                    number);
    std::abort();
}

} // namespace

Result<std::unique_ptr<Toolstack>> makeLibxlToolstack(const BuilderProgram &builder)
{
    BH_TRY(auto context, LibxlContext::open());
    BH_TRY(auto loop, LibxlLoop::create(context->get()));
    preferDom0(*context);
    return std::make_unique<LibxlToolstack>(std::move(context), std::move(loop), builder);
}

} // namespace Bulkhead
