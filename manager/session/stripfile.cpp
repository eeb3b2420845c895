// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/stripfile.h"

#include <QByteArray>
#include <QtEndian>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace Bulkhead
{

namespace
{

QByteArray stripBytes(const QImage &picture)
{
    const QImage pixels = picture.convertToFormat(QImage::Format_RGB32);
    QByteArray bytes(8, Qt::Uninitialized);
    qToLittleEndian(static_cast<quint32>(pixels.width()), bytes.data());
    qToLittleEndian(static_cast<quint32>(pixels.height()), bytes.data() + 4);
    for (int y = 0; y < pixels.height(); ++y) {
        for (int x = 0; x < pixels.width(); ++x) {
            const QRgb pixel = pixels.pixel(x, y);
            bytes.append(static_cast<char>(qBlue(pixel)));
            bytes.append(static_cast<char>(qGreen(pixel)));
            bytes.append(static_cast<char>(qRed(pixel)));
            bytes.append('\0');
        }
    }
    return bytes;
}

} // namespace

Result<UniqueFd> makeStripFile(const QImage &picture)
{
    UniqueFd file(::memfd_create("bulkhead-strip", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file) {
        return failErrno(errno, "making the file of a frame's strip");
    }
    const QByteArray bytes = stripBytes(picture);
    for (qsizetype written = 0; written < bytes.size();) {
        const ssize_t count =
            ::write(file.get(), bytes.constData() + written, static_cast<std::size_t>(bytes.size() - written));
        if (count < 0) {
            return failErrno(errno, "writing the file of a frame's strip");
        }
        written += count;
    }
    if (::lseek(file.get(), 0, SEEK_SET) < 0
        || ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
        return failErrno(errno, "sealing the file of a frame's strip");
    }
    return file;
}

} // namespace Bulkhead
