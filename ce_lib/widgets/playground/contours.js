// Contours of a field on a grid: {nx, ny, x, y, dx, dy, z}, z row by row, nx + 1 values in each.

const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]]; // around a cell
const tenth = (v) => Math.round(v * 10) / 10;

function* cells({ nx, ny, z }) {
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const first = j * (nx + 1) + i;
      yield [i, j, [z[first], z[first + 1], z[first + nx + 2], z[first + nx + 1]]];
    }
  }
}

// The point between two corners of a cell where the field is at the level.
function between({ x, y, dx, dy }, i, j, values, k, level) {
  const [a, b] = [k, (k + 1) % 4];
  const t = (level - values[a]) / (values[b] - values[a]);
  const [u, v] = [0, 1].map((axis) => CORNERS[a][axis] + t * (CORNERS[b][axis] - CORNERS[a][axis]));
  return `${tenth(x + (i + u) * dx)} ${tenth(y + (j + v) * dy)}`;
}

// The path of all that lies above a level: whole cells in runs, the others cut by a straight line.
export function filled_above(grid, level) {
  const { x, y, dx, dy } = grid;
  let d = "";
  let from = -1; // where a run of whole cells began
  const close = (to, j) => {
    if (from >= 0) d += `M${tenth(x + from * dx)} ${tenth(y + j * dy)}H${tenth(x + to * dx)}V${tenth(y + (j + 1) * dy)}H${tenth(x + from * dx)}Z`;
    from = -1;
  };
  for (const [i, j, values] of cells(grid)) {
    const above = values.map((v) => v > level);
    if (above.every(Boolean)) {
      if (from < 0) from = i;
    } else {
      close(i, j);
      if (above.some(Boolean)) d += `M${cut(grid, i, j, values, above, level).join("L")}Z`;
    }
    if (i === grid.nx - 1) close(grid.nx, j);
  }
  return d;
}

// The corners of the part of a cell that lies above the level.
function cut(grid, i, j, values, above, level) {
  const { x, y, dx, dy } = grid;
  const corners = [];
  CORNERS.forEach(([u, v], k) => {
    if (above[k]) corners.push(`${tenth(x + (i + u) * dx)} ${tenth(y + (j + v) * dy)}`);
    if (above[k] !== above[(k + 1) % 4]) corners.push(between(grid, i, j, values, k, level));
  });
  return corners;
}

// The path of the line at a level.
export function line_at(grid, level) {
  let d = "";
  for (const [i, j, values] of cells(grid)) {
    const hits = [0, 1, 2, 3]
      .filter((k) => values[k] > level !== values[(k + 1) % 4] > level)
      .map((k) => between(grid, i, j, values, k, level));
    for (let k = 0; k + 1 < hits.length; k += 2) d += `M${hits[k]}L${hits[k + 1]}`;
  }
  return d;
}
