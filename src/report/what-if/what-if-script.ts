/**
 * Fills the form, and lets a worker simulate what it says. One question at a time: while the worker computes,
 * only the newest change waits. The worker's program is compressed in the page and is started from a blob.
 */
export const WHAT_IF_SCRIPT = `
(() => {
  "use strict";
  const form = document.querySelector("form.what-if");
  if (form === null || typeof DecompressionStream === "undefined") return;
  const data = JSON.parse(document.getElementById("what-if-data").textContent);
  const program = document.getElementById("what-if-program").textContent;
  const state = form.querySelector(".what-if-state");
  const box = form.querySelector(".what-if-controls");
  const save = form.querySelector("[data-do=save]");
  const unpack = async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };
  const element = (name, properties = {}, children = []) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const controls = data.controls.map((control) => {
    const shown = element("output");
    let input;
    if (control.kind === "number") {
      const { min, max, step, value } = control;
      input = element("input", { type: "range", min, max, step, value });
    } else {
      const options = control.choices.map(({ label, value }) => element("option", { value }, [label]));
      input = element("select", {}, options);
    }
    const name = element("span", {}, [control.label]);
    box.append(element("label", {}, control.kind === "number" ? [shown, name, input] : [name, input]));
    const at = control.kind === "number" ? String(control.value) : "";
    const tell = () => {
      shown.textContent = input.value;
      name.className = input.value === at ? "" : "changed";
    };
    tell();
    input.addEventListener("input", () => { tell(); changed(); });
    return {
      sets: () => (input.value === at ? [] : [control.path + "=" + input.value]),
      reset: () => { input.value = at; tell(); },
    };
  });
  let start = { sets: [] };
  if (data.starts.length > 0) {
    const starts = [{ name: "the scenario", sets: [] }, ...data.starts];
    const options = starts.map(({ name }, index) => element("option", { value: index }, [name]));
    const select = element("select", {}, options);
    select.addEventListener("input", () => { start = starts[Number(select.value)]; changed(); });
    box.prepend(element("label", {}, ["Start from", select]));
    controls.push({ sets: () => [], reset: () => { select.value = "0"; start = starts[0]; } });
  }
  const asked = () => [...data.sets, ...start.sets, ...controls.flatMap((control) => control.sets())];

  const quoted = (text) => (/^[\\w./:=@%+,-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\\\''") + "'");
  const showCommand = () => {
    const words = ["headroom", "run", data.path, ...asked().flatMap((set) => ["--set", set])];
    if (data.seed !== undefined) words.push("--seed", String(data.seed));
    form.querySelector(".what-if-command").textContent = words.map(quoted).join(" ");
  };
  const SIGNS = { met: "✓ ", missed: "✗ ", "not shown": "▲ " };
  const cell = (text, tone) => element("td", { className: "number" + (tone ? " " + tone : "") }, [text]);
  const toneOf = (verdict) => (verdict === "met" ? "good" : "bad");
  const show = (now) => {
    const { before } = data;
    const goals = form.querySelector(".what-if-goals");
    goals.parentElement.hidden = before.goals.length === 0;
    goals.tBodies[0].replaceChildren(...before.goals.map((goal) => {
      const other = now && now.goals.find(({ id }) => id === goal.id);
      return element("tr", {}, [
        element("th", { scope: "row" }, [goal.label]),
        cell(goal.target),
        cell(SIGNS[goal.verdict] + goal.actual, toneOf(goal.verdict)),
        other ? cell(SIGNS[other.verdict] + other.actual, toneOf(other.verdict)) : cell("—"),
      ]);
    }));
    const figures = form.querySelector(".what-if-figures").tBodies[0];
    figures.replaceChildren(...before.figures.map((figure) => {
      const other = now && now.figures.find(({ path }) => path === figure.path);
      return element("tr", {}, [
        element("th", { scope: "row" }, [figure.label]),
        cell(figure.text),
        cell(other ? other.text : "—"),
        change(figure, other),
      ]);
    }));
  };
  const change = (figure, other) => {
    if (!other || figure.value === null || other.value === null) return cell("—");
    const difference = other.value - figure.value;
    if (difference === 0) return cell("none", "quiet");
    const isBetter = figure.better === (difference < 0 ? "lower" : "higher");
    const tone = figure.better === "neither" ? "" : isBetter ? "good" : "bad";
    if (figure.value === 0) return cell(difference > 0 ? "more" : "less", tone);
    const percent = (100 * difference) / Math.abs(figure.value);
    const size = Math.abs(percent) >= 100 ? percent.toFixed(0) : percent.toPrecision(2);
    return cell((percent > 0 ? "+" : "") + size.replace("-", "\\u2212") + "\\u00a0%", tone);
  };

  let worker;
  let asking = 0;
  let isBusy = false;
  let isDue = false;
  let timer;
  let text;
  const begin = async () => {
    const url = URL.createObjectURL(new Blob([await unpack(program)], { type: "text/javascript" }));
    worker = new Worker(url);
    worker.onmessage = ({ data: answer }) => answered(answer);
    worker.onerror = (event) => {
      state.textContent = "The simulator stopped: " + event.message;
      form.dataset.state = "problems";
    };
    const files = await Promise.all(data.files.map(async ({ path, base64 }) => ({ path, bytes: await unpack(base64) })));
    worker.postMessage({ kind: "files", files });
  };
  const ask = async () => {
    isBusy = true;
    isDue = false;
    form.dataset.state = "running";
    state.textContent = "Simulating …";
    if (worker === undefined) await begin();
    const question = { kind: "run", id: ++asking, path: data.path, sets: asked() };
    if (data.seed !== undefined) question.seed = data.seed;
    worker.postMessage(question);
  };
  const answered = (answer) => {
    isBusy = false;
    if (isDue) { void ask(); return; }
    save.disabled = answer.kind !== "result";
    if (answer.kind === "problems") {
      show(undefined);
      text = undefined;
      state.textContent = "This cannot be simulated: " + answer.messages.join("; ");
      form.dataset.state = "problems";
      return;
    }
    text = answer.text;
    show(answer.outcome);
    state.textContent = answer.outcome.decision;
    form.resultText = text;
    form.dataset.state = "done";
  };
  const changed = () => {
    showCommand();
    form.dataset.state = "waiting";
    clearTimeout(timer);
    timer = setTimeout(() => { if (isBusy) isDue = true; else void ask(); }, 150);
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[data-do=reset]").addEventListener("click", () => {
    for (const control of controls) control.reset();
    changed();
  });
  save.addEventListener("click", () => {
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    element("a", { href, download: "result.json" }).click();
    URL.revokeObjectURL(href);
  });
  show(undefined);
  showCommand();
  form.hidden = false;
  form.dataset.state = "idle";
})();
`.trim();
