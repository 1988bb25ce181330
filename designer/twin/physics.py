"""Process physics of the pilot-line twin: settings of an NMC622 cathode line → electrode.

Sources: *KD* Krieger & Dougherty 1959 (Trans. Soc. Rheol. 3, 137); *Chou* Chou, Ko & Yan 1987
(J. Am. Ceram. Soc. 70, C-280, fluid dynamics of the doctor blade); *Meyer* Meyer et al. 2017
(J. Mater. Process. Technol. 249, 172) and 2018, as summarised in Zanotto et al. 2022 (Batteries &
Supercaps); *Font* Font et al. 2018 (arXiv 1801.01580, binder migration); *Westphal* Westphal et al.
2015 (ECS Trans. 64, 57: adhesion against drying, loading and solvent content); *Haselrieder*
Haselrieder et al. 2013 (ECS Trans. 50, 59: calendering and the interface to the foil); *WMG*
Faraji-Niri et al. 2023 (NMC622 calendering plan, Mendeley wwhm2frfmy: coating density 4.45 g/cm³,
porosity before calendering 48 % at 12 and 45 % at 18 mg/cm²); *MEET* Batteries 2021, 7, 70 (NMC622
calendered from 44 to 18 % porosity); *NMP* vapour pressure log10 p[kPa] = 7.4 − 2570/T[K], 361–477
K (property table). Whatever has no source is marked "assumption".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from designer.models.arrays import FloatArray

GRAVITY = 9.81  # m/s²
KELVIN = 273.15
USUAL_DRYER = 90.0 + KELVIN  # K, where the drying flux and the diffusivity are given
NMP_ANTOINE_B = 2570.0  # K (NMP)
GAS_CONSTANT = 8.314  # J/(mol K)
REFERENCE_LOADING = 12.0  # mg/cm², where porosity_dry and resistance are given
REFERENCE_SHEAR = 100.0  # 1/s


@dataclass(frozen=True)
class Constants:
    """Hidden constants of one line and its material; the defaults are the NMC622 reference.

    Attributes:
        solid_density: g/cm³, dry coating without pores (94 % NMC622 4.7, 3 % PVDF 1.78, 3 % carbon
            1.9: 4.30; WMG 4.45).
        solvent_density: g/cm³, NMP at 20 °C.
        binder_share: of the solids by mass (assumption, usual for NMC/PVDF).
        active_share: of the solids by mass (assumption, as above).
        crowding: hydrodynamic over true solid volume: solvent held in carbon aggregates
            (assumption).
        packing_limit: largest volume fraction that flows (KD; 0.62 for random packing).
        krieger_exponent: [η]·φ_max of KD (2.5 × 0.62).
        viscosity: Pa s, binder solution at 4 % PVDF and 100 1/s (assumption).
        binder_exponent: of binder solution viscosity against concentration (assumption, semidilute
            polymer).
        shear_index: power-law index (assumption; cathode slurries are shear-thinning).
        head: m, slurry above the blade (assumption).
        blade_length: m, land of the blade (assumption).
        film_ratio: wet film over the film of Chou: wetting, neck-in (assumption).
        porosity_dry: before calendering at 12 mg/cm² (WMG 0.48).
        thick_slope: fall of it per unit of ln loading (WMG −0.03 over ln 1.5, half of it taken).
        stiff_slope: rise of it with ln viscosity, stiff slurries pack worse (assumption).
        porosity_min: limit of calendering (MEET reached 0.18; value assumed).
        resistance: MPa, γ of Meyer at 12 mg/cm² (assumption; line load over contact length).
        resistance_slope: relative rise of γ with relative loading (Meyer: linear; value assumed).
        rebound: spring-back share at full compaction of a thin coating (assumption).
        adhesion: N/m, 90° peel at the optimum without migration (assumption).
        drying_flux: m/s, solvent flux at 90 °C, 1.2 g/(m² s) (assumption).
        diffusivity: m²/s, binder in NMP at 90 °C (assumption: a Péclet number near 1).
        dryer_length: m (assumption).
        stiff_limit: Pa s, viscosity that halves the wetting of the foil (assumption).
        optimum: MPa, pressure of best adhesion at 12 mg/cm² (assumption).
        optimum_floor: share of the adhesion left far from that pressure (assumption).
        capacity: mAh per g of active material (NMC622, C/5; WMG 160–165).
        penetration: um, thickness half used at 35 % porosity (assumption; Gallagher 2016).
    """

    solid_density: float = 4.30
    solvent_density: float = 1.03
    binder_share: float = 0.03
    active_share: float = 0.94
    crowding: float = 1.5
    packing_limit: float = 0.62
    krieger_exponent: float = 1.55
    viscosity: float = 0.2
    binder_exponent: float = 2.0
    shear_index: float = 0.75
    head: float = 0.02
    blade_length: float = 0.002
    film_ratio: float = 1.1
    porosity_dry: float = 0.48
    thick_slope: float = 0.035
    stiff_slope: float = 0.012
    porosity_min: float = 0.19
    resistance: float = 75.0
    resistance_slope: float = 0.8
    rebound: float = 0.2
    adhesion: float = 75.0
    drying_flux: float = 1.2e-6
    diffusivity: float = 4e-11
    dryer_length: float = 6.0
    stiff_limit: float = 6.0
    optimum: float = 85.0
    optimum_floor: float = 0.15
    capacity: float = 165.0
    penetration: float = 120.0


REFERENCE = Constants()
# another material for misleading lines: an LFP cathode with nano-sized particles. Density of LFP
# 3.6 g/cm³ and 155 mAh/g are handbook values, everything else is an assumption.
OTHER_MATERIAL = Constants(
    solid_density=3.41,
    viscosity=0.5,
    crowding=1.3,
    porosity_dry=0.47,
    porosity_min=0.25,
    resistance=110.0,
    adhesion=38.0,
    capacity=155.0,
)


@dataclass(frozen=True, eq=False)
class Electrode:
    """What the line made, noise-free and without gauge errors; every array ``[n]``.

    Attributes:
        viscosity: Pa s under the blade.
        slurry_density: g/cm³.
        wet_film: um.
        mass_loading: mg/cm² of dry coating.
        porosity_dry: share before calendering.
        porosity: share after calendering and spring-back.
        thickness: um of calendered coating.
        adhesion: N/m.
        areal_capacity: mAh/cm².
    """

    viscosity: FloatArray
    slurry_density: FloatArray
    wet_film: FloatArray
    mass_loading: FloatArray
    porosity_dry: FloatArray
    porosity: FloatArray
    thickness: FloatArray
    adhesion: FloatArray
    areal_capacity: FloatArray

    def response(self, name: str) -> FloatArray:
        """The response of that name in its unit (porosity in %)."""
        return 100.0 * self.porosity if name == "porosity" else np.array(getattr(self, name))


def slurry_density(solids: FloatArray, c: Constants) -> FloatArray:
    """Density of the slurry [g/cm³] from the mass share of solids: volumes add up."""
    return np.asarray(1.0 / (solids / c.solid_density + (1.0 - solids) / c.solvent_density))


def slurry_viscosity(solids: FloatArray, shear_rate: FloatArray, c: Constants) -> FloatArray:
    """Viscosity [Pa s]: binder solution × KD × power law.

    η = η_b (1 − φ_eff/φ_max)^(−[η]φ_max) (γ̇/100)^(n−1), with η_b ∝ (PVDF share of the liquid)^b.
    The crowding is kept below 97 % of the packing limit, where KD has its pole.
    """
    volume_share = solids * slurry_density(solids, c) / c.solid_density
    crowded = np.minimum(c.crowding * volume_share / c.packing_limit, 0.97)
    binder = solids * c.binder_share
    solution = c.viscosity * (binder / (binder + 1.0 - solids) / 0.04) ** c.binder_exponent
    thinning = (shear_rate / REFERENCE_SHEAR) ** (c.shear_index - 1.0)
    return np.asarray(solution * (1.0 - crowded) ** -c.krieger_exponent * thinning)


def wet_film(
    gap: FloatArray, speed: FloatArray, viscosity: FloatArray, density: FloatArray, c: Constants
) -> FloatArray:
    """Wet film [um] behind a doctor blade: drag flow h/2 plus pressure flow (Chou).

    t = a h/2 (1 + Π), Π = h² Δp / (6 η U L), Δp = ρ g H. Chou's Π is bounded, c tanh(Π/c) with
    c = 0.5: thin slurries are limited by the feed (assumption; coated films are reported at 60–70 %
    of the gap). Gap in um, speed in m/s.
    """
    pressure = 1000.0 * density * GRAVITY * c.head
    flow = (gap * 1e-6) ** 2 * pressure / (6.0 * viscosity * speed * c.blade_length)
    return np.asarray(c.film_ratio * gap / 2.0 * (1.0 + 0.5 * np.tanh(flow / 0.5)))


def compaction(
    pressure: FloatArray, loading: FloatArray, porosity_dry: FloatArray, c: Constants
) -> tuple[FloatArray, FloatArray]:
    """Porosity after calendering, and γ [MPa] (Meyer: Heckel-type exponential).

    ε = ε_min + (ε_dry − ε_min)[e + r (1 − e)²], e = exp(−p/γ), γ = γ_ref (1 + k (M/M_ref − 1)) kept
    above 0.2 γ_ref. r = r_ref / (1 + M/M_ref): spring-back grows with the load and falls with the
    loading (Meyer 2018, qualitatively; its form is an assumption). r < 0.5 keeps ε falling in p.
    """
    relative = loading / REFERENCE_LOADING
    gamma = c.resistance * np.maximum(1.0 + c.resistance_slope * (relative - 1.0), 0.2)
    left = np.exp(-pressure / gamma)
    share = left + c.rebound / (1.0 + relative) * (1.0 - left) ** 2
    return np.asarray(c.porosity_min + (porosity_dry - c.porosity_min) * share), np.asarray(gamma)


def binder_at_foil(
    wet: FloatArray, dry: FloatArray, kelvin: FloatArray, c: Constants
) -> FloatArray:
    """Binder at the foil over its mean: Pe / (exp(Pe) − 1), and the drying behind it.

    Steady balance of upward flow and back-diffusion (Font): c ∝ exp(Pe z/h), Pe = E (t_wet − t_dry)
    / D; only the shrinking film moves binder (so thick and dilute films lose adhesion: Westphal).
    E ∝ vapour pressure of NMP, D ∝ exp(−Q/RT) with
    Q = 20 kJ/mol (assumption). wet, dry in um.
    """
    inverse = 1.0 / USUAL_DRYER - 1.0 / kelvin
    flux = c.drying_flux * 10.0 ** (NMP_ANTOINE_B * inverse)
    diffusivity = c.diffusivity * np.exp(20_000.0 / GAS_CONSTANT * inverse)
    peclet = np.maximum(flux * (wet - dry) * 1e-6 / diffusivity, 1e-6)
    return np.asarray(peclet / np.expm1(peclet))


def dryness(solvent: FloatArray, speed: FloatArray, kelvin: FloatArray, c: Constants) -> FloatArray:
    """Share of the adhesion left by solvent that did not dry in time: d³/(1 + d³).

    d = time in the dryer over the time needed for the solvent film [um]; form is an assumption.
    """
    flux = c.drying_flux * 10.0 ** (NMP_ANTOINE_B * (1.0 / USUAL_DRYER - 1.0 / kelvin))
    enough = (c.dryer_length / speed) / (solvent * 1e-6 / flux)
    return np.asarray(enough**3 / (1.0 + enough**3))


def press_bond(pressure: FloatArray, gamma: FloatArray, c: Constants) -> FloatArray:
    """Share of the best adhesion at this pressure: one maximum, at p_opt ∝ γ(loading).

    Pressing anchors the coating in the foil (Haselrieder), over-pressing damages the bond;
    f + (1 − f) (u e^(1−u))², u = p/p_opt, is an assumption.
    """
    u = pressure / (c.optimum * gamma / c.resistance)
    return np.asarray(c.optimum_floor + (1.0 - c.optimum_floor) * (u * np.exp(1.0 - u)) ** 2)


def make_electrode(settings: Mapping[str, FloatArray], c: Constants) -> Electrode:
    """Make electrodes at all five settings (wt%, um, MPa, m/min, °C), each ``[n]``.

    Mass balance: loading = solids · slurry density · wet film = (1 − porosity) · solid density ·
    thickness. Areal capacity = loading · active share · capacity · use, use = 1/(1 + (t/t_p)⁴),
    t_p ∝ sqrt(ε^1.5) (diffusion length with Bruggeman's exponent; form is an assumption). Adhesion
    also rises by 0.8 % per K of dryer temperature, as PVDF bonds better to aluminium when dried
    hot (sign measured on PVDF films on foil, value assumed).
    """
    solids = settings["solid_content"] / 100.0
    gap, pressure = settings["coating_gap"], settings["calendering_pressure"]
    speed = settings["coating_speed"] / 60.0
    kelvin = settings["drying_temperature"] + KELVIN
    density = slurry_density(solids, c)
    viscosity = slurry_viscosity(solids, speed / (gap * 1e-6), c)
    film = wet_film(gap, speed, viscosity, density, c)
    loading = 0.1 * solids * density * film  # 1 g/cm³ · 1 um = 0.1 mg/cm²
    dry = (
        c.porosity_dry
        - c.thick_slope * np.log(loading / REFERENCE_LOADING)
        + c.stiff_slope * np.log(viscosity)
    )
    porosity, gamma = compaction(pressure, loading, dry, c)
    thickness = 10.0 * loading / ((1.0 - porosity) * c.solid_density)
    dried = 10.0 * loading / ((1.0 - dry) * c.solid_density)
    solvent = film * (1.0 - solids) * density / c.solvent_density
    adhesion = (
        c.adhesion
        * binder_at_foil(film, dried, kelvin, c)
        * dryness(solvent, speed, kelvin, c)
        / (1.0 + viscosity / c.stiff_limit)
        * np.exp(0.008 * (kelvin - USUAL_DRYER))
        * press_bond(pressure, gamma, c)
    )
    reach = c.penetration * (porosity / 0.35) ** 0.75
    use = 1.0 / (1.0 + (thickness / reach) ** 4)
    capacity = 1e-3 * loading * c.active_share * c.capacity * use
    return Electrode(
        viscosity, density, film, loading, dry, porosity, thickness, adhesion, capacity
    )
