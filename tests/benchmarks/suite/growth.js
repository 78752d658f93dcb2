// Why: what grows with an app, one thing at a time: the points of each plot.

/** By name: `work`, and how its `option` grows; `unit` is how the x axis counts. */
export const GROWTH = {
  routes: {
    title: 'Routes',
    unit: 'routes',
    work: 'routes',
    option: 'routes',
    values: [1, 10, 100, 1000, 10_000],
    peers: ['contrail', 'raw', 'fastify'],
  },
  controllers: {
    title: 'Controllers of one action',
    unit: 'controllers',
    work: 'routes',
    option: 'routes',
    fixed: { actionsEach: 1 },
    values: [1, 10, 100, 1000],
    peers: ['contrail', 'nest'],
  },
  'cookie-size': {
    title: 'Session write in a cookie',
    unit: 'bytes of session',
    work: 'cookie-write',
    option: 'sessionBytes',
    values: [100, 300, 1000, 2900], // A sealed cookie of more is over the 4,096 bytes that browsers take.
    peers: ['contrail', 'raw', 'fastify'],
  },
  'memcached-size': {
    title: 'Session read and write in memcached',
    unit: 'bytes of session',
    work: 'memcached-write',
    option: 'sessionBytes',
    values: [100, 300, 1000, 3500],
    peers: ['contrail', 'raw', 'fastify'],
  },
  connections: {
    title: 'Concurrent connections',
    unit: 'connections',
    work: 'json',
    option: 'connections',
    values: [1, 10, 100, 1000],
    peers: ['contrail', 'raw', 'raw-batched', 'fastify'],
  },
  workers: {
    title: 'Workers',
    unit: 'workers',
    work: 'json',
    option: 'workers',
    values: [1, 2],
    peers: ['contrail', 'raw'],
  },
}

/** All points: `{ growth, peer, value }`, the peers in turn. */
export function growthPoints(peers) {
  return Object.entries(GROWTH).flatMap(([growth, plan]) =>
    plan.values.flatMap((value) =>
      plan.peers.filter((peer) => peers.includes(peer)).map((peer) => ({ growth, peer, value })),
    ),
  )
}
