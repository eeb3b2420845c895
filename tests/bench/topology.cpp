// SPDX-License-Identifier: GPL-2.0-or-later
// What the picture of the network costs with 500 qubes and 700 links: frames while it is panned and zoomed, its first
// placing, one event. Drawn by the processor into memory, as on a machine without a GPU, and measured in processor
// time, so that other programs of the machine do not count.
#include "manager/models/qubemodel.h"
#include "manager/topology/topologypage.h"
#include "tests/manager/networks.h"
#include "tests/manager/paints.h"

#include <QApplication>
#include <QPainter>
#include <QScrollBar>
#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <optional>
#include <vector>

#include <benchmark/benchmark.h>

namespace
{

using namespace Bulkhead;
using namespace Qt::StringLiterals;

constexpr int Many = 500;
constexpr int Few = 50;
constexpr int Links = 700;
constexpr QSize Window(1920, 1080);
constexpr int PanStep = 24;   ///< pixels a frame: a quick hand
constexpr int ZoomSteps = 40; ///< frames from the smallest to full size
constexpr int Patience = 1000;
constexpr double Percent = 100;

/// Seconds that this process has worked.
double worked()
{
    timespec now{};
    (void)::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double at(std::vector<double> seconds, double share)
{
    std::ranges::sort(seconds);
    return seconds.at(static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1)));
}

/// The page as the manager has it, in a window of full size, before the core's list came.
class Rig
{
public:
    Rig()
        : m_model(&source)
        , m_page(&source, &m_model, m_folder.filePath(u"topology.json"_s))
        , m_paints(m_page.view()->viewport())
    {
        m_page.resize(Window);
        m_page.show();
        QCoreApplication::processEvents();
    }

    [[nodiscard]] TopologyView *view() const
    {
        return m_page.view();
    }

    [[nodiscard]] TopologyScene *scene() const
    {
        return m_page.view()->topology();
    }

    /// Loads so many qubes, none of them folded away.
    void load(int count)
    {
        source.load(Test::network(count));
        Picture *picture = scene()->picture();
        const QSet<QString> folded = picture->state().folded;
        for (const QString &provider : folded) {
            picture->setFolded(provider, false);
        }
        QCoreApplication::processEvents();
    }

    [[nodiscard]] qint64 paintedPixels() const
    {
        return m_paints.pixels;
    }

    [[nodiscard]] int links() const
    {
        int count = 0;
        for (const QGraphicsItem *item : scene()->items()) {
            count += item->type() == LinkItem::Type ? 1 : 0;
        }
        return count;
    }

    /// A plan that leads as many links elsewhere as there have to be more.
    void planUntil(int wanted)
    {
        const QString provider = u"sys-vpn-2"_s;
        QStringList clients;
        const NetworkGraph &graph = scene()->graph()->graph();
        for (const QString &client : graph.names()) {
            if (client.startsWith(u"project"_s) && graph.providerOf(client) != provider) {
                clients << client;
            }
        }
        clients.resize(std::min<qsizetype>(clients.size(), wanted - links()));
        NetworkEditor &editor = m_page.editor();
        editor.setPlan(connectChange(editor.base(), clients, provider).steps);
        QCoreApplication::processEvents();
    }

    /// Does something and waits until it is seen. @return seconds of work; nothing if nothing was painted
    template<typename Action> std::optional<double> frame(Action action)
    {
        const int before = m_paints.count;
        const double begin = worked();
        action();
        for (int i = 0; i < Patience && m_paints.count == before; ++i) {
            QCoreApplication::processEvents();
        }
        return m_paints.count == before ? std::nullopt : std::optional(worked() - begin);
    }

    Test::FakeSource source;

private:
    QTemporaryDir m_folder;
    QubeModel m_model;
    TopologyPage m_page;
    Test::Paints m_paints;
};

/// The reference: as many boxes, names and lines at the same places, drawn straight into an image of the same size.
double drawPlainly(const Rig &rig, QImage &image)
{
    const double begin = worked();
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setTransform(rig.view()->viewportTransform());
    const QRectF seen = rig.view()->mapToScene(rig.view()->viewport()->rect()).boundingRect();
    for (const QGraphicsItem *item : rig.scene()->items()) {
        if (!item->sceneBoundingRect().intersects(seen)) {
            continue;
        }
        if (const auto *link = qgraphicsitem_cast<const LinkItem *>(item)) {
            painter.drawLine(link->path().pointAtPercent(0), link->end());
        } else if (const auto *node = qgraphicsitem_cast<const NodeItem *>(item)) {
            const QRectF box = NodeItem::box().translated(node->pos());
            painter.drawRoundedRect(box, 8, 8);
            painter.drawText(box, Qt::AlignCenter, node->look().name);
        }
    }
    painter.end();
    return worked() - begin;
}

/// Frames of a moving picture beside the plain ones of the same moments.
class Film
{
public:
    explicit Film(Rig &rig)
        : m_rig(rig)
        , m_image(rig.view()->viewport()->size(), QImage::Format_ARGB32_Premultiplied)
    {
    }

    template<typename Action> bool take(Action action)
    {
        const auto seconds = m_rig.frame(action);
        if (seconds) {
            m_frames.push_back(*seconds);
            m_plain.push_back(drawPlainly(m_rig, m_image));
        }
        return seconds.has_value();
    }

    void tell(benchmark::State &state) const
    {
        const double typical = at(m_frames, 0.5);
        state.counters["frames_per_s"] = 1 / typical; // goal: 60
        state.counters["slow_frames_per_s"] = 1 / at(m_frames, 0.95);
        state.counters["of_plain"] = typical / at(m_plain, 0.5);
    }

private:
    Rig &m_rig;
    QImage m_image;
    std::vector<double> m_frames;
    std::vector<double> m_plain;
};

/// Up and down through the whole picture.
void pan(benchmark::State &state)
{
    Rig rig;
    rig.load(Many);
    rig.planUntil(Links);
    rig.view()->setZoom(static_cast<double>(state.range(0)) / Percent);
    QScrollBar *bar = rig.view()->verticalScrollBar();
    bar->setValue((bar->minimum() + bar->maximum()) / 2);
    QCoreApplication::processEvents();
    Film film(rig);
    int step = PanStep;
    for (auto _ : state) {
        if (bar->value() + step > bar->maximum() || bar->value() + step < bar->minimum()) {
            step = -step;
        }
        if (!film.take([bar, step] {
                bar->setValue(bar->value() + step);
            })) {
            state.SkipWithError("nothing was painted");
            return;
        }
    }
    state.counters["links"] = rig.links();
    film.tell(state);
}

/// From all in sight to full size and back, by small steps.
void zoom(benchmark::State &state)
{
    Rig rig;
    rig.load(Many);
    rig.planUntil(Links);
    Film film(rig);
    const double factor = std::pow(1 / TopologyView::LeastZoom, 1.0 / ZoomSteps);
    double to = TopologyView::LeastZoom;
    bool isGrowing = true;
    for (auto _ : state) {
        to = isGrowing ? to * factor : to / factor;
        isGrowing = to >= 1 ? false : to <= TopologyView::LeastZoom ? true : isGrowing;
        if (!film.take([&rig, to] {
                rig.view()->setZoom(to);
            })) {
            state.SkipWithError("nothing was painted");
            return;
        }
    }
    state.counters["links"] = rig.links();
    film.tell(state);
}

double firstPicture(int count)
{
    Rig rig;
    const QList<QubeInfo> qubes = Test::network(count);
    return rig
        .frame([&rig, &qubes] {
            rig.source.load(qubes);
        })
        .value_or(0);
}

/// From the core's list to the first frame with all in it, each at its place.
void first(benchmark::State &state)
{
    double many = 0;
    double few = 0;
    for (auto _ : state) {
        few += firstPicture(Few);
        const double time = firstPicture(Many);
        many += time;
        state.SetIterationTime(time);
    }
    state.counters["ms_each"] = many * 1e3 / static_cast<double>(state.iterations()); // goal: under 1000
    state.counters["of_50_qubes"] = many / few; // goal: no more than 10, as many more as there are qubes
}

/// What of the picture looks otherwise than it did.
class Looks
{
public:
    explicit Looks(const TopologyScene &scene)
    {
        for (const QGraphicsItem *item : scene.items()) {
            if (const auto *node = qgraphicsitem_cast<const NodeItem *>(item)) {
                m_nodes.insert(node->node(), node->look());
            } else if (const auto *link = qgraphicsitem_cast<const LinkItem *>(item)) {
                m_links.insert(link->client() + link->target(), link->look());
            }
        }
    }

    [[nodiscard]] int otherNodes(const Looks &before) const
    {
        return others(m_nodes, before.m_nodes);
    }

    [[nodiscard]] int otherLinks(const Looks &before) const
    {
        return others(m_links, before.m_links);
    }

private:
    template<typename Map> static int others(const Map &now, const Map &before)
    {
        int count = 0;
        for (auto look = now.begin(); look != now.end(); ++look) {
            const auto old = before.find(look.key());
            count += old == before.end() || *old != *look ? 1 : 0;
        }
        return count;
    }

    QHash<QString, NodeLook> m_nodes;
    QHash<QString, LinkLook> m_links;
};

/// A qube starts or stops: it and its link look otherwise, and nothing else is painted.
void event(benchmark::State &state)
{
    Rig rig;
    rig.load(Many);
    rig.planUntil(Links);
    rig.view()->setZoom(1);
    const QString name = u"project-number-4"_s;
    rig.view()->centerOn(rig.scene()->node(name));
    QCoreApplication::processEvents();
    std::vector<double> seconds;
    std::vector<double> whole;
    int nodes = 0;
    int links = 0;
    qint64 pixels = 0;
    for (auto _ : state) {
        const Looks before(*rig.scene());
        QubeInfo qube = *rig.scene()->graph()->graph().find(name);
        const bool isUp = qube.state == QubeState::Running;
        const qint64 painted = rig.paintedPixels();
        const auto one = rig.frame([&] {
            rig.source.change(isUp ? Test::client(name, qube.netQube) : Test::running(qube));
        });
        pixels = std::max(pixels, rig.paintedPixels() - painted);
        const auto all = rig.frame([&rig] {
            rig.view()->viewport()->update();
        });
        if (!one || !all) {
            state.SkipWithError("nothing was painted");
            return;
        }
        seconds.push_back(*one);
        whole.push_back(*all);
        const Looks after(*rig.scene());
        nodes = std::max(nodes, after.otherNodes(before));
        links = std::max(links, after.otherLinks(before));
    }
    const QSize size = rig.view()->viewport()->size();
    state.counters["nodes_changed"] = nodes; // goal: 1
    state.counters["links_changed"] = links; // goal: 1, its own
    state.counters["percent_painted"] = Percent * static_cast<double>(pixels) / (size.width() * size.height());
    state.counters["ms_each"] = at(seconds, 0.5) * 1e3;
    state.counters["of_whole_frame"] = at(seconds, 0.5) / at(whole, 0.5); // goal: far below 1
}

} // namespace

BENCHMARK(pan)
    ->Name("topology_500_qubes_pan_at_percent")
    ->Arg(10)
    ->Arg(40)
    ->Arg(100)
    ->Iterations(120)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(zoom)->Name("topology_500_qubes_zoom")->Iterations(3 * ZoomSteps)->Unit(benchmark::kMillisecond);
BENCHMARK(first)
    ->Name("topology_500_qubes_first_picture")
    ->Iterations(5)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(event)->Name("topology_500_qubes_event")->Iterations(40)->Unit(benchmark::kMillisecond);

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    benchmark::Initialize(&argc, argv);
    const QApplication app(argc, argv);
    (void)benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
