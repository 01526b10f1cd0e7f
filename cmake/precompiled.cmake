# Others' headers that most sources read, compiled once for each target (the preset dev): an edit is compiled in a third of the time. None of
# burnbox's own is among them, so that a change to one compiles what includes it and nothing else. Every source still includes what it uses:
# the other presets, without this option, see to that.
option(BURNBOX_PRECOMPILED "Compile others' headers once for each target" OFF)

# burnbox_precompile(TARGET HEADER): HEADER of this folder, before each source of the target.
function(burnbox_precompile target header)
  if(BURNBOX_PRECOMPILED)
    # GCC 12 forgets where such a header came from, and warns of what it inlines from the standard library without cause. The other presets
    # have these warnings.
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>")
    target_precompile_headers(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${PROJECT_SOURCE_DIR}/cmake/${header}>")
  endif()
endfunction()
