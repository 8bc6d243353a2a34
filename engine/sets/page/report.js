"use strict";
(() => {
  const set = JSON.parse(document.getElementById("set").textContent);
  const at = (id) => document.getElementById(id);
  const audio = at("audio"), score = at("score"), sheet = score.firstElementChild;
  const wave = at("wave"), closeup = at("closeup"), playhead = at("playhead"), hint = at("hint");
  const listenButtons = [...document.querySelectorAll("[data-join]")];
  const plays = [...document.querySelectorAll(".play")];
  const LEAD_S = 8, STEP_S = 5, STRIDE_S = 30, WIDEST_PX = 16000;
  const bands = set.bands.map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let missing = false; // no file of the mix can be played
  let silentAt = 0; // where we are if so
  let following = false; // whether frames are asked for
  let shownTrack = -1, shownJoin = -1;

  const clock = (seconds) => {
    const whole = Math.floor(seconds), hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60, rest = String(whole % 60).padStart(2, "0");
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
  };
  const now = () => (missing ? silentAt : audio.currentTime);
  const leadOf = (join) => Math.max(0, join.start - LEAD_S);
  const last = (list, holds) => list.reduce((found, one, i) => (holds(one) ? i : found), -1);

  function seek(seconds) {
    const to = Math.min(Math.max(0, seconds), Math.max(0, set.duration - 0.01));
    if (missing) silentAt = to;
    else audio.currentTime = to;
    show();
    reveal();
  }

  function play() {
    if (missing) return;
    const started = audio.play();
    if (started) started.catch(() => show());
  }

  const toggle = () => (audio.paused ? play() : audio.pause());

  function jump(direction) {
    const from = now();
    const index = direction > 0
      ? set.joins.findIndex((join) => leadOf(join) > from + 0.5)
      : last(set.joins, (join) => leadOf(join) < from - 1.5);
    if (index >= 0) seek(leadOf(set.joins[index]));
    else if (direction < 0) seek(0);
  }

  // The transition that is heard, or else the next one, or else the last.
  function nearest(seconds) {
    const coming = set.joins.findIndex((join) => join.end + 4 >= seconds);
    return coming >= 0 ? coming : set.joins.length - 1;
  }

  function show() {
    const seconds = now();
    at("time").textContent = clock(seconds);
    playhead.style.transform = `translateX(${(seconds / set.duration) * sheet.clientWidth}px)`;
    playhead.setAttribute("aria-valuenow", seconds.toFixed(1));
    document.documentElement.classList.toggle("playing", !audio.paused);
    at("play").setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    const track = Math.max(0, last(set.tracks, (one) => one.from <= seconds));
    const name = set.tracks.length ? `${set.tracks[track].number} · ${set.tracks[track].title}` : "";
    playhead.setAttribute("aria-valuetext", `${clock(seconds)}, ${name}`);
    if (track !== shownTrack) {
      shownTrack = track;
      at("now").textContent = name;
      plays.forEach((one, i) => one.classList.toggle("now-playing", i === track));
    }
    const join = nearest(seconds);
    if (join !== shownJoin) {
      shownJoin = join;
      listenButtons.forEach((button, i) => button.closest("li").classList.toggle("near", i === join));
    }
    drawCloseup();
  }

  // Keeps the playhead in sight where the lanes are wider than the screen.
  function reveal() {
    const x = (now() / set.duration) * sheet.clientWidth, room = score.clientWidth;
    if (sheet.clientWidth <= room || (x > score.scrollLeft + 24 && x < score.scrollLeft + room - 24)) return;
    score.scrollTo({ left: x - room / 3, behavior: calm.matches ? "auto" : "smooth" });
  }

  function brush(canvas) {
    const width = canvas.clientWidth, height = canvas.clientHeight;
    const scale = Math.min(devicePixelRatio || 1, WIDEST_PX / Math.max(1, width));
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(document.documentElement);
    return { context, width, height, colour: (name) => style.getPropertyValue(`--${name}`).trim() };
  }

  const rms = [bands[1], bands[3], bands[5]];
  const peaks = bands[0].map((byte, i) => Math.max(byte, bands[2][i], bands[4][i]));
  const loudest = peaks.reduce((most, byte) => Math.max(most, byte), 1);

  // The highest byte between two steps; where both lie in one, on the line between neighbours.
  function highest(bytes, left, right) {
    const within = (step) => bytes[Math.min(bytes.length - 1, Math.max(0, step))] || 0;
    if (right - left <= 1) {
      const place = (left + right) / 2 - 0.5, base = Math.floor(place);
      return within(base) + (within(base + 1) - within(base)) * (place - base);
    }
    let most = 0;
    for (let step = Math.floor(left); step < right; step += 1) most = Math.max(most, within(step));
    return most;
  }

  // From one moment to another: the peaks of all pale behind, then the mean power of lows, mids
  // and highs in front of each other.
  function drawBands({ context, width, height, colour }, from, to) {
    const middle = height / 2, perPixel = (to - from) / set.step / width, first = from / set.step;
    [["peaks", peaks], ["lows", rms[0]], ["mids", rms[1]], ["highs", rms[2]]].forEach(([name, bytes]) => {
      const tall = Array.from({ length: Math.ceil(width) + 1 }, (_, x) =>
        // Bytes are square roots of amplitudes; nearly as they are, they show both loud and quiet.
        (highest(bytes, first + x * perPixel, first + (x + 1) * perPixel) / loudest) ** 1.2 * middle);
      context.fillStyle = colour(name);
      context.beginPath();
      tall.forEach((y, x) => context.lineTo(x, middle - y));
      tall.reverse().forEach((y, x) => context.lineTo(tall.length - 1 - x, middle + y));
      context.fill();
    });
  }

  function closeupSpan() {
    const join = set.joins[shownJoin];
    const around = Math.max(LEAD_S + 4, (join.end - join.start) / 2);
    return [Math.max(0, join.start - around), Math.min(set.duration, join.end + around)];
  }

  function drawCloseup() {
    const join = set.joins[shownJoin];
    if (!join) {
      closeup.parentElement.hidden = true;
      return;
    }
    const [from, to] = closeupSpan(), pen = brush(closeup), { context, width, height, colour } = pen;
    const x = (seconds) => ((seconds - from) / (to - from)) * width;
    context.fillStyle = colour(`zone-${join.verdict}`);
    context.fillRect(x(join.start), 0, Math.max(2, x(join.end) - x(join.start)), height);
    drawBands(pen, from, to);
    context.fillStyle = colour("ink");
    context.fillRect(x(join.swap) - 0.5, 0, 1, height);
    context.fillStyle = colour("accent");
    if (now() >= from && now() <= to) context.fillRect(x(now()) - 1, 0, 2, height);
    const words = `${join.from} → ${join.to}  ${join.type}, ${clock(join.start)} to ${clock(join.end)}, close up`;
    if (at("closeup-name").textContent !== words) at("closeup-name").textContent = words;
  }

  function drawAll() {
    drawBands(brush(wave), 0, set.duration);
    show();
  }

  function frame() {
    following = !audio.paused;
    show();
    if (!following) return;
    reveal();
    requestAnimationFrame(frame);
  }

  function follow() {
    show();
    if (!following) frame();
  }

  function miss() {
    if (missing) return;
    missing = true;
    hint.classList.add("missing");
    hint.textContent = set.audio.length
      ? `The mix can’t be played: put “${set.audio[0]}” into this page’s folder. Everything else works.`
      : "There is no file of the mix to play. Everything else works.";
    at("play").disabled = true;
    show();
  }

  function keys(event) {
    const inside = event.target.closest("input, textarea, select, audio");
    if (event.ctrlKey || event.metaKey || event.altKey || inside) return;
    const onSlider = event.target === playhead, step = event.shiftKey ? STRIDE_S : STEP_S;
    const does = {
      " ": event.target.closest("button, a") ? null : toggle,
      ArrowLeft: () => seek(now() - step),
      ArrowRight: () => seek(now() + step),
      n: () => jump(1),
      p: () => jump(-1),
      ...(onSlider && {
        ArrowDown: () => seek(now() - step),
        ArrowUp: () => seek(now() + step),
        PageDown: () => seek(now() - STRIDE_S),
        PageUp: () => seek(now() + STRIDE_S),
        Home: () => seek(0),
        End: () => seek(set.duration),
      }),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  const share = (event, element) => {
    const box = element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };

  audio.controls = false;
  at("total").textContent = `of ${clock(set.duration)}`;
  at("play").addEventListener("click", toggle);
  at("previous").addEventListener("click", () => jump(-1));
  at("next").addEventListener("click", () => jump(1));
  sheet.addEventListener("click", (event) => seek(share(event, sheet) * set.duration));
  closeup.addEventListener("click", (event) => {
    const [from, to] = closeupSpan();
    seek(from + share(event, closeup) * (to - from));
  });
  listenButtons.forEach((button) => button.addEventListener("click", () => {
    seek(leadOf(set.joins[Number(button.dataset.join)]));
    play();
  }));
  document.addEventListener("keydown", keys);
  ["play", "pause", "seeked", "ended"].forEach((name) => audio.addEventListener(name, follow));
  const sources = audio.querySelectorAll("source");
  if (!sources.length) miss();
  else sources[sources.length - 1].addEventListener("error", miss);
  audio.addEventListener("error", miss);
  // The last file may have failed before anybody listened.
  addEventListener("load", () => audio.networkState === HTMLMediaElement.NETWORK_NO_SOURCE && miss());
  new ResizeObserver(drawAll).observe(score);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  matchMedia("print").addEventListener("change", drawAll);
  drawAll();
})();
