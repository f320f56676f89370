// The bar of a live server: its address, what is loaded, what comes next, and the way back to the start.
function Live() {
  return null;
}
