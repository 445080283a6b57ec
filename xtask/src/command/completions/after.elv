var cargo-before-xtask = { |@words| put xtask }
if (has-key $edit:completion:arg-completer cargo) {
    set cargo-before-xtask = $edit:completion:arg-completer[cargo]
}
set edit:completion:arg-completer[cargo] = {|@words|
    if (and (> (count $words) 2) (eq $words[1] xtask)) {
        cargo-xtask $@words
    } else {
        $cargo-before-xtask $@words
    }
}
