// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/secrettext.h"

#include <fcntl.h>
#include <string.h> // explicit_bzero()
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace Bulkhead::Clipboard
{

namespace
{

/// Memory that not even the kernel maps, which is never swapped out; an empty descriptor where there is none.
UniqueFd openSecretMemory()
{
    return UniqueFd(static_cast<int>(::syscall(SYS_memfd_secret, O_CLOEXEC)));
}

Result<Mapping> mapWhole(const UniqueFd &memory, std::size_t capacity)
{
    if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(capacity)) != 0) {
        return failErrno(errno, "memory for a text");
    }
    return Mapping::shared(memory.get(), capacity, PROT_READ | PROT_WRITE);
}

Result<Mapping> mapLocked(std::size_t capacity)
{
    if (const UniqueFd secret = openSecretMemory()) {
        // Locked by its nature. The kernel would refuse mlock(), for it can't look at such pages itself.
        return mapWhole(secret, capacity);
    }
    BH_TRY(auto mapping, mapWhole(UniqueFd(::memfd_create("clipboard", MFD_CLOEXEC)), capacity));
    if (::mlock(mapping.bytes().data(), capacity) != 0) {
        return failErrno(errno, "locking memory for a text");
    }
    return mapping;
}

} // namespace

Result<SecretText> SecretText::create(std::size_t capacity)
{
    BH_TRY(auto mapping, mapLocked(capacity));
    const std::span<std::byte> bytes = mapping.bytes();
    (void)::madvise(bytes.data(), bytes.size(), MADV_DONTDUMP); // refused where it is so anyway
    (void)::madvise(bytes.data(), bytes.size(), MADV_DONTFORK);
    return SecretText(std::move(mapping));
}

SecretText::SecretText(SecretText &&other) noexcept
    : m_memory(std::move(other.m_memory))
    , m_size(std::exchange(other.m_size, 0))
{
}

SecretText &SecretText::operator=(SecretText &&other) noexcept
{
    if (this != &other) {
        wipe();
        m_memory = std::move(other.m_memory);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

SecretText::~SecretText()
{
    wipe();
}

void SecretText::grow(std::size_t count)
{
    BH_ASSERT(count <= room().size());
    m_size += count;
}

void SecretText::wipe() noexcept
{
    const std::span<std::byte> bytes = m_memory.bytes();
    if (!bytes.empty()) {
        explicit_bzero(bytes.data(), bytes.size());
    }
    m_size = 0;
}

} // namespace Bulkhead::Clipboard
