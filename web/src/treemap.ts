// Rectangles whose areas are as the weights, each as square as can be (Bruls, Huizing, van Wijk: "Squarified treemaps", 2000).
// Pure: no document.

export interface Box {left: number; top: number; width: number; height: number}

function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((a, b) => a + b, 0);
  const most = Math.max(...row), least = Math.min(...row);
  return Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
}

// One box for each weight, in their order; within `aspect` wide and 1 high, told as shares of both. Weights are more than 0.
export function treemap(weights: readonly number[], aspect: number): Box[] {
  const total = weights.reduce((a, b) => a + b, 0);
  const order = weights.map((weight, index) => ({area: (weight / total) * aspect, index})).sort((a, b) => b.area - a.area || a.index - b.index);
  const boxes: Box[] = new Array<Box>(weights.length);
  let left = 0, top = 0, width = aspect, height = 1, next = 0;
  while (next < order.length) {
    const side = Math.min(width, height);
    const row = [order[next]!.area];
    while (next + row.length < order.length) {
      const longer = [...row, order[next + row.length]!.area];
      if (worst(longer, side) > worst(row, side)) break;
      row.push(order[next + row.length]!.area);
    }
    const thick = row.reduce((a, b) => a + b, 0) / side;
    let along = 0;
    for (const area of row) {
      const long = area / thick;
      const box = width >= height ? {left, top: top + along, width: thick, height: long}
                                  : {left: left + along, top, width: long, height: thick};
      boxes[order[next++]!.index] = {left: box.left / aspect, top: box.top, width: box.width / aspect, height: box.height};
      along += long;
    }
    if (width >= height) [left, width] = [left + thick, width - thick];
    else [top, height] = [top + thick, height - thick];
  }
  return boxes;
}
