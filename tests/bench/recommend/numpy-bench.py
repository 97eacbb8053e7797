"""The same as people write it with NumPy: one task, seconds and peak memory as a line of JSON.

numpy-bench.py TASK FOLDER USERS ITEMS; the folder holds the events as raw uint32 and float32.
"""
import json
import resource
import sys
import time

import numpy as np

task, folder, users, items = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
u = np.fromfile(f"{folder}/users", np.uint32).astype(np.int64)
i = np.fromfile(f"{folder}/items", np.uint32).astype(np.int64)


def dense(dtype):
    x = np.zeros((users, items), dtype)
    x[u, i] = 1
    return x


def ease():
    x = dense(np.float32)
    gram = (x.T @ x).astype(np.float64)
    gram[np.diag_indices(items)] += 250
    inverse = np.linalg.inv(gram)
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights.astype(np.float32)


def item_knn(neighbours=50):
    x = dense(np.float32)
    norms = np.sqrt((x * x).sum(0))
    norms[norms == 0] = 1
    similarities = (x / norms).T @ (x / norms)
    np.fill_diagonal(similarities, 0)
    nearest = np.argpartition(-similarities, neighbours, axis=1)[:, :neighbours]
    return nearest, np.take_along_axis(similarities, nearest, 1)


def rows(keys, others, count):
    order = np.argsort(keys, kind="stable")
    starts = np.searchsorted(keys[order], np.arange(count + 1))
    return [others[order[starts[r] : starts[r + 1]]] for r in range(count)]


def ials(factors=32, alpha=1.0, ridge=10.0, sweeps=3):
    random = np.random.default_rng(1)
    by_user, by_item = rows(u, i, users), rows(i, u, items)
    x, y = np.zeros((users, factors)), 0.01 * random.standard_normal((items, factors))

    def solve(lists, fixed, out):
        gram = fixed.T @ fixed + ridge * np.eye(factors)
        for row, ids in enumerate(lists):
            own = fixed[ids]
            out[row] = np.linalg.solve(gram + alpha * own.T @ own, (1 + alpha) * own.sum(0))

    for _ in range(sweeps):
        solve(by_user, y, x)
        solve(by_item, x, y)
    return y


def bpr(factors=32, rate=0.05, ridge=0.01, batch=1024):
    """Minibatches: a loop over single pairs, as the studio's, would take Python minutes."""
    random = np.random.default_rng(1)
    p = 0.1 * random.standard_normal((users, factors)).astype(np.float32)
    q = 0.1 * random.standard_normal((items, factors)).astype(np.float32)
    bias = np.zeros(items, np.float32)
    had = np.zeros((users, items), bool)
    had[u, i] = True
    for _ in range(0, len(u), batch):
        events = random.integers(0, len(u), batch)
        a, b, c = u[events], i[events], random.integers(0, items, batch)
        again = had[a, c]
        while again.any():
            c[again] = random.integers(0, items, again.sum())
            again = had[a, c]
        pa, qb, qc = p[a], q[b], q[c]
        pull = 1 / (1 + np.exp(bias[b] - bias[c] + (pa * (qb - qc)).sum(1)))
        np.add.at(bias, b, rate * (pull - ridge * bias[b]))
        np.add.at(bias, c, -rate * (pull + ridge * bias[c]))
        pull = pull[:, None]
        np.add.at(p, a, rate * (pull * (qb - qc) - ridge * pa))
        np.add.at(q, b, rate * (pull * pa - ridge * qb))
        np.add.at(q, c, -rate * (pull * pa + ridge * qc))
    return p


def sparse():
    from scipy.sparse import csr_matrix

    return csr_matrix((np.ones(len(u)), (u, i)), shape=(users, items))


def pure_svd(factors=20):
    from scipy.sparse.linalg import svds

    return svds(sparse(), k=factors, random_state=1)


def content_based():
    """TF-IDF of the items' texts, and everyone's cosines with all items."""
    from scipy.sparse import csr_matrix, diags

    places, rows_, words = {}, [], []
    with open(f"{folder}/texts") as file:
        for row, line in enumerate(file):
            for word in line.split():
                rows_.append(row)
                words.append(places.setdefault(word, len(places)))
    counts = csr_matrix((np.ones(len(words)), (rows_, words)), shape=(items, len(places)))
    having = np.asarray((counts > 0).sum(0)).ravel()
    counts = counts[:, having >= 2]
    counts.data = 1 + np.log(counts.data)
    vectors = counts @ diags(np.log(items / having[having >= 2]))
    vectors = diags(1 / np.sqrt(np.asarray(vectors.multiply(vectors).sum(1)).ravel())) @ vectors
    profiles = sparse() @ vectors
    lengths = np.sqrt(np.asarray(profiles.multiply(profiles).sum(1)).ravel())
    profiles = diags(1 / np.maximum(lengths, 1e-12)) @ profiles
    for start in range(0, users, 500):
        (profiles[start : start + 500] @ vectors.T).toarray()


tasks = {
    "pure-svd": pure_svd,
    "content-based": content_based,
    "ease": ease,
    "item-knn": item_knn,
    "ials": ials,
    "bpr": bpr,
}
started, cpu = time.perf_counter(), time.process_time()
tasks[task]()
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": time.process_time() - cpu,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
